"""Stand-ins: for modules, for classes that cannot be called, and for `type`.

No real module is stored in a facade or reachable from one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from .diagnostics import AccessRefused


class _Opaque:
    """Cannot be copied apart or serialised: only the guards look inside."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("this object stays where it is")

    def __copy__(self) -> _Opaque:
        return self

    def __deepcopy__(self, memo: object) -> _Opaque:
        return self


class Facade(_Opaque):
    """A module as a technique sees it: names and allowed values."""

    __slots__ = ("members", "name")

    def __init__(self, name: str, members: dict[str, Any]) -> None:
        self.name = name
        self.members = members

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


class ClassToken(_Opaque):
    """A class that may be compared, named and tested against, but never called or derived from."""

    __slots__ = ("cls",)

    def __init__(self, cls: type) -> None:
        self.cls = cls

    def __repr__(self) -> str:
        return repr(self.cls)

    # `typing` asks that an annotation be callable.
    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        name = type.__dict__["__name__"].__get__(self.cls)
        raise AccessRefused(
            f"making a '{name}' refused: the class is not on the list",
            hint="use the library's own function that makes one",
            code="call-refused",
        )

    def __or__(self, other: object) -> ClassToken:
        return self

    def __ror__(self, other: object) -> ClassToken:
        return self

    def __getitem__(self, item: object) -> ClassToken:
        return self

    # Else `for x in token` would go on for ever.
    __iter__ = None


def make_type(hand_out: Callable[[type], Any]) -> type:
    """What a technique sees as `type`: answers with one argument, and never makes a class."""

    class TypeOfTypes(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs:
                value = args[0]
                return hand_out(value.cls if type(value) is ClassToken else type(value))
            raise AccessRefused(
                "type() with other than one argument refused",
                hint="write a class statement",
                code="call-refused",
            )

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, (type, ClassToken))

        def __repr__(cls) -> str:
            return "<class 'type'>"

    TypeOfTypes.__name__ = TypeOfTypes.__qualname__ = "type"

    class Type(metaclass=TypeOfTypes):
        def __class_getitem__(cls, item: object) -> Any:
            return cls

    return Type
