"""Reading through an object that wraps another and answers with its names, as peft's models do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .slots import data_of, mro_of

if TYPE_CHECKING:
    from .guards import Guards


def through(guards: Guards, cls: type, name: str, verdict: Any) -> Callable[[Any], Any] | str:
    """The verdict on a name that `cls` does not have, if a Wraps row says where to go on.

    What the instance has itself is read by `verdict`; everything else is read of the object
    within, by the rules for that.
    """
    wraps = guards.catalogue.wraps
    member = next((wraps[each] for each in mro_of(cls) if each in wraps), "")
    if not member:
        return verdict  # type: ignore[no-any-return]

    def read(obj: Any) -> Any:
        own = data_of(obj)
        # Where modules keep what their `__getattr__` finds.
        registries = (own["_parameters"], own["_buffers"], own["_modules"])
        if name in own or any(name in each for each in registries):
            return verdict(obj)
        return guards.reading.read(getattr(obj, member), name)

    return read
