"""What patterns ask for: None if the subject does not fit, else a tuple of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..facades import ClassToken
from ..slots import is_class

if TYPE_CHECKING:
    from .guards import Guards

_MISSING = object()
#: Classes whose single positional pattern is the object itself, as in Python.
_SELF_MATCHING = (
    *(bool, bytearray, bytes, dict, float, frozenset),
    *(int, list, set, str, tuple),
)


class MatchGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards

    def sequence(self, subject: Any, count: int, star: int) -> tuple[Any, ...] | None:
        match subject:
            case [*items]:
                pass
            case _:
                return None
        if star < 0:
            return tuple(items) if len(items) == count else None
        after = count - star - 1
        if len(items) < count - 1:
            return None
        end = len(items) - after
        return (*items[:star], items[star:end], *items[end:])

    def mapping(self, subject: Any, keys: tuple[Any, ...], rest: bool) -> tuple[Any, ...] | None:
        match subject:
            case {**everything}:
                pass
            case _:
                return None
        values = []
        for key in keys:
            value = everything.get(key, _MISSING)
            if value is _MISSING:
                return None
            values.append(value)
            if rest:
                del everything[key]
        return (*values, everything) if rest else tuple(values)

    def match_class(
        self, subject: Any, cls: Any, positional: int, names: tuple[str, ...]
    ) -> tuple[Any, ...] | None:
        target = cls.cls if type(cls) is ClassToken else cls
        if not is_class(target):
            raise TypeError("called match pattern must be a class")
        if not isinstance(subject, target):
            return None
        read = self.guards.reading.read
        values: list[Any] = []
        if positional:
            if positional == 1 and any(issubclass(target, each) for each in _SELF_MATCHING):
                values.append(subject)
            else:
                names = (*self._positional_names(cls, positional), *names)
        for name in names:
            try:
                values.append(read(subject, name))
            except AttributeError:
                return None
        return tuple(values)

    def _positional_names(self, cls: Any, count: int) -> tuple[str, ...]:
        names: Any = ()
        if is_class(cls) and self.guards.is_own_class(cls):
            names = self.guards.reading.read_class(cls, "__match_args__")
        if type(names) is not tuple or any(type(each) is not str for each in names):
            raise AccessRefused("__match_args__ must be a tuple of str", code="attribute-refused")
        if len(names) < count:
            raise TypeError(f"{count} positional patterns, but the class names {len(names)}")
        return names[:count]
