"""What patterns ask for: None if the subject does not fit, else a tuple of its parts.

In CPython's order and words, so that a subject of the technique's own sees the same questions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..diagnostics import AccessRefused
from ..facades import ClassToken
from ..slots import class_name, is_class, mro_of, owner_of

if TYPE_CHECKING:
    from .guards import Guards

_MISSING: Final = object()
#: Classes whose single positional pattern is the object itself, as in Python.
_SELF_MATCHING: Final = frozenset(
    {bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple}
)


class MatchGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards

    def sequence(
        self, subject: Any, count: int, star: int, wanted: tuple[int, ...]
    ) -> tuple[Any, ...] | None:
        """The items at the places of `wanted`; what else there is stays unread.

        Args:
            count: how many parts the pattern has.
            star: which of them takes any number of items; -1 if none does.
        """
        match subject:
            case [*_]:
                pass
            case _:
                return None
        if star < 0 or count > 1:
            length = len(subject)
            if length != count if star < 0 else length < count - 1:
                return None
        parts: list[Any] = [None] * count
        if not wanted:
            pass
        elif star >= 0 and star not in wanted:
            for place in wanted:
                parts[place] = subject[place if place < star else length - (count - place)]
        elif star < 0:
            parts = _unpacked(subject, count)
        else:
            items = list(subject)
            end = len(items) - (count - star - 1)
            if end < star:
                raise ValueError(
                    f"not enough values to unpack (expected at least {count - 1}, got {len(items)})"
                )
            parts = [*items[:star], items[star:end], *items[end:]]
        return tuple(parts)

    def size(self, subject: Any, count: int) -> bool:
        """Whether it is a mapping of so many keys, or more."""
        match subject:
            case {}:
                return not count or len(subject) >= count
        return False

    def mapping(
        self, subject: Any, keys: tuple[Any, ...], rest: bool, fits: bool
    ) -> tuple[Any, ...] | None:
        """The values of the keys, and of what else there is a dict if `rest` is wanted.

        Args:
            fits: it was asked for its size already.
        """
        if not fits and not self.size(subject, len(keys)):
            return None
        values = []
        if keys:
            get = self._getter(subject)
            seen = set()
            for key in keys:
                if key in seen:
                    raise ValueError(f"mapping pattern checks duplicate key ({key!r})")
                seen.add(key)
                value = get(key, _MISSING)
                if value is _MISSING:
                    return None
                values.append(value)
        if not rest:
            return tuple(values)
        left: dict[Any, Any] = {}
        left.update(subject)
        for key in keys:
            del left[key]
        return (*values, left)

    def _getter(self, subject: Any) -> Callable[[Any, Any], Any]:
        cls = type(subject)
        if self.guards.is_own_class(cls):
            getter: Callable[[Any, Any], Any] = self.guards.calls.method(subject, "get")
            return getter
        if dict in mro_of(cls):
            return dict[Any, Any].get.__get__(subject)  # type: ignore[no-any-return]
        return {**subject}.get

    def match_class(
        self, subject: Any, cls: Any, positional: int, names: tuple[str, ...]
    ) -> tuple[Any, ...] | None:
        target = cls.cls if type(cls) is ClassToken else cls
        if not is_class(target):
            raise TypeError("called match pattern must be a class")
        if not isinstance(subject, target):
            return None
        values: list[Any] = []
        if positional:
            found = self._positional_names(target, positional)
            if found is None:
                values.append(subject)
            else:
                names = (*found, *names)
        read = self.guards.reading.read
        seen = set()
        for name in names:
            if name in seen:
                raise TypeError(
                    f"{class_name(target)}() got multiple sub-patterns for attribute {name!r}"
                )
            seen.add(name)
            try:
                values.append(read(subject, name))
            except AccessRefused:
                # Not missing: what is refused is said, though it is an AttributeError, too.
                raise
            except AttributeError:
                return None
        return tuple(values)

    def _positional_names(self, cls: type, count: int) -> tuple[str, ...] | None:
        """The attributes that positional patterns stand for; None if it is the object itself."""
        said = class_name(cls)
        index, allowed = owner_of(mro_of(cls), "__match_args__")
        by_itself = index < 0 and not _SELF_MATCHING.isdisjoint(mro_of(cls))
        if index < 0:
            allowed = ()
        elif type(allowed) is not tuple:
            raise TypeError(
                f"{said}.__match_args__ must be a tuple (got {class_name(type(allowed))})"
            )
        most = 1 if by_itself else len(allowed)
        if count > most:
            some = "" if most == 1 else "s"
            raise TypeError(f"{said}() accepts {most} positional sub-pattern{some} ({count} given)")
        if by_itself:
            return None
        for each in allowed[:count]:
            if type(each) is not str:
                raise TypeError(
                    f"__match_args__ elements must be strings (got {class_name(type(each))})"
                )
        return tuple(allowed[:count])


def _unpacked(subject: Any, count: int) -> list[Any]:
    """As many items as that: a sequence may give more, or fewer, than its length says."""
    items: list[Any] = []
    for each in subject:
        if len(items) == count:
            raise ValueError(f"too many values to unpack (expected {count})")
        items.append(each)
    if len(items) < count:
        raise ValueError(f"not enough values to unpack (expected {count}, got {len(items)})")
    return items
