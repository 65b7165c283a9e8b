"""Builtins that read attributes by name, and the text methods that do so by template."""

# ruff: noqa: A001, N807  # stand-ins carry the names of what they stand in for

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..facades import ClassToken
from ..formatting import safe_format
from ..items import gone_over
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards

_MISSING = object()
_WITH_TOKENS = (ClassToken, tuple)


@adapts("builtins.getattr")
def make_getattr(guards: Guards) -> Callable[..., Any]:
    read, checked = guards.reading.read, guards.reading.plain_name

    def getattr(obj: Any, name: Any, default: Any = _MISSING, /) -> Any:
        try:
            return read(obj, checked(name))
        except (AttributeError, AccessRefused):
            if default is _MISSING:
                raise
            return default

    return getattr


@adapts("builtins.hasattr")
def make_hasattr(guards: Guards) -> Callable[..., Any]:
    read, checked = guards.reading.read, guards.reading.checked_name

    def hasattr(obj: Any, name: Any, /) -> bool:
        try:
            read(obj, checked(name))
        except (AttributeError, AccessRefused):
            return False
        return True

    return hasattr


@adapts("builtins.setattr")
def make_setattr(guards: Guards) -> Callable[..., Any]:
    checked = guards.reading.checked_name

    def setattr(obj: Any, name: Any, value: Any, /) -> None:
        guards.writing.write(value, obj, checked(name))

    return setattr


@adapts("builtins:object.__setattr__", "torch.nn:Module.__setattr__")
def make_own_setattr(guards: Guards) -> Callable[..., Any]:
    checked = guards.reading.checked_name

    def __setattr__(self: Any, name: Any, value: Any, /) -> None:
        guards.writing.write_past_own(value, self, checked(name))

    return __setattr__


@adapts("builtins.delattr")
def make_delattr(guards: Guards) -> Callable[..., Any]:
    checked = guards.reading.checked_name

    def delattr(obj: Any, name: Any, /) -> None:
        guards.writing.delete(obj, checked(name))

    return delattr


@adapts("builtins.isinstance")
def make_isinstance(guards: Guards) -> Callable[..., Any]:
    def isinstance_(value: Any, classes: Any, /) -> bool:
        # Most often a class as it is.
        real = _real_classes(classes) if type(classes) in _WITH_TOKENS else classes
        return isinstance(value, real)

    isinstance_.__name__ = "isinstance"
    return isinstance_


@adapts("builtins.issubclass")
def make_issubclass(guards: Guards) -> Callable[..., Any]:
    def issubclass_(cls: Any, classes: Any, /) -> bool:
        real = cls.cls if type(cls) is ClassToken else cls
        return issubclass(real, _real_classes(classes))

    issubclass_.__name__ = "issubclass"
    return issubclass_


def _real_classes(classes: Any) -> Any:
    if type(classes) is ClassToken:
        return classes.cls
    if type(classes) is tuple:
        return tuple([_real_classes(each) for each in classes])
    return classes


@adapts("builtins:str.format")
def make_format(guards: Guards) -> Callable[..., Any]:
    read, checked = guards.reading.read, guards.reading.checked_name

    def format(template: str, /, *args: Any, **keywords: Any) -> str:
        return safe_format(lambda obj, name: read(obj, checked(name)), template, args, keywords)

    return format


@adapts("builtins:str.format_map")
def make_format_map(guards: Guards) -> Callable[..., Any]:
    read, checked = guards.reading.read, guards.reading.checked_name

    def format_map(template: str, mapping: Mapping[str, Any], /) -> str:
        return safe_format(lambda obj, name: read(obj, checked(name)), template, (), mapping)

    return format_map


@adapts("builtins:list.__setitem__")
def make_list_set_item(guards: Guards) -> Callable[..., Any]:
    def __setitem__(items: Any, index: Any, value: Any, /) -> None:
        list.__setitem__(items, index, gone_over(index, value))

    return __setitem__
