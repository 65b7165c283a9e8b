"""Where adapters register, by the dotted name that they stand in for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..guards import Guards

Adapter = Callable[["Guards"], Callable[..., Any]]
ADAPTERS: dict[str, Adapter] = {}


def adapts(*names: str) -> Callable[[Adapter], Adapter]:
    """Registers a maker of stand-ins under "module.name" or "module:Class.name"."""

    def register(make: Adapter) -> Adapter:
        for name in names:
            if name in ADAPTERS:
                raise ValueError(f"{name} has two adapters")
            ADAPTERS[name] = make
        return make

    return register


def alias_of(stand_in: type, original: Any) -> Any:
    """The alias of `typing` for a class, for what stands in for that class.

    Called, or given type arguments and called, it makes what the stand-in makes.
    """
    return type(original)(stand_in, 2, name=original._name)
