"""`__new__` and `__init__` of classes a technique may derive from: only for classes of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..slots import class_name, dict_of, is_class, mro_of
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards

_BASES: dict[str, type] = {
    **{each.__name__: each for each in (object, int, float, str, tuple, dict, list, set)},
    **{each.__name__: each for each in (frozenset, BaseException, OSError)},
}


def _make_new(base: type) -> Adapter:
    def make(guards: Guards) -> Callable[..., Any]:
        def __new__(cls: Any, /, *args: Any, **keywords: Any) -> Any:  # noqa: N807
            # Else real objects could be had without their __init__.
            if not is_class(cls) or not guards.is_own_class(cls):
                raise AccessRefused(
                    f"'{class_name(base)}.__new__' of a class that is not yours refused",
                    hint="call the class",
                    code="call-refused",
                )
            return base.__new__(cls, *args, **keywords)

        return __new__

    return make


for _name, _base in _BASES.items():
    adapts(f"builtins:{_name}.__new__")(_make_new(_base))


@adapts("builtins:BaseException.__init__")
def make_exception_init(guards: Guards) -> Callable[..., Any]:
    def __init__(self: Any, /, *args: Any, **keywords: Any) -> None:  # noqa: N807
        """A library's own exception is not made anew: its text may believe what it is told."""
        if not guards.is_own_class(type(self)):
            raise AccessRefused(
                f"'__init__' of a '{class_name(type(self))}' refused",
                hint="make another exception",
                code="call-refused",
            )
        for each in mro_of(type(self)):
            if not guards.is_own_class(each) and "__init__" in dict_of(each):
                each.__init__(self, *args, **keywords)  # type: ignore[misc]
                return

    return __init__
