"""Settings that describe themselves: help, choices, range and command-line name, once each."""

from __future__ import annotations

import contextlib
import dataclasses
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from cloche.contract.errors import InvalidRequestError

_KEY: Final = "setting"


class Named(str):
    """A setting's name inside a message; a command line shows its flag instead."""

    __slots__ = ()


class ConfigError(Exception):
    """A setting that cannot be meant; the message names it, its value and its range.

    `setting` is its name, where the message is about one.
    """

    def __init__(self, *parts: str) -> None:
        self._parts = parts
        self.setting = next((part for part in parts if isinstance(part, Named)), "")
        super().__init__("".join(parts))

    def told(self, name: Callable[[str], str]) -> str:
        """Returns the message with each setting called as its user typed it."""
        return "".join(name(part) if isinstance(part, Named) else part for part in self._parts)


@contextlib.contextmanager
def config_errors() -> Iterator[None]:
    """Raises InvalidRequestError for a ConfigError."""
    try:
        yield
    except ConfigError as error:
        raise InvalidRequestError(str(error), field=error.setting) from None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a field says of itself.

    `flag` is its command-line name without dashes, `per_model` its name where it is given for one
    of several models; None: it has none. `local` settings mean nothing on Modal, and `secret` ones
    are in no message and no process's arguments.
    """

    help: str = ""
    flag: str | None = None
    metavar: str | None = None
    size: bool = False
    per_model: str | None = None
    local: bool = False
    secret: bool = False


def setting(default: Any = dataclasses.MISSING, *, factory: Any = None, **about: Any) -> Any:
    """Declares a dataclass field that carries a `Setting`."""
    described = {_KEY: Setting(**about)}
    shown = not described[_KEY].secret
    if factory is not None:
        return dataclasses.field(default_factory=factory, metadata=described)
    return dataclasses.field(default=default, metadata=described, repr=shown)


def settings_of(config: Any) -> dict[str, Setting]:
    """Returns the settings of a dataclass or its instance, by name."""
    return {
        item.name: item.metadata[_KEY]
        for item in dataclasses.fields(config)
        if _KEY in item.metadata
    }


def check(config: Any) -> None:
    """Raises ConfigError unless each field holds what its type says, numbers above 0."""
    for name, kind in get_type_hints(type(config)).items():
        value = getattr(config, name)
        if value is None and type(None) in get_args(kind):
            continue
        fault = _fault(value, _without_none(kind))
        if fault:
            about = settings_of(config).get(name, Setting())
            shown = "not shown" if about.secret else repr(_as_given(value))
            raise ConfigError(Named(name), f" is {shown}; {fault}")


def kind_of(config: type, name: str) -> Any:
    """Returns the type of a field, None left out."""
    return _without_none(get_type_hints(config)[name])


def from_given(config: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what was given as fields hold it: no None, paths as text, mappings as pairs.

    Raises:
        ConfigError: a name that is no setting of `config`.
    """
    known = settings_of(config)
    for name in given:
        if name not in known:
            raise ConfigError(f"{name}: no such setting; choose from {', '.join(known)}")
    return {name: _held(value) for name, value in given.items() if value is not None}


def _held(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Mapping):
        return tuple((name, _held(place)) for name, place in value.items())
    return value


def _as_given(value: Any) -> Any:
    """Returns pairs as the mapping that was given."""
    return dict(value) if _are_pairs(value) else value


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        rest = [each for each in get_args(kind) if each is not type(None)]
        return rest[0] if len(rest) == 1 else kind
    return kind


def _fault(value: Any, kind: Any) -> str:
    """Returns what is wrong with a value, or nothing."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return "" if value in choices else f"it must be one of {', '.join(map(str, choices))}"
    if kind is bool:
        return "" if type(value) is bool else "it must be True or False"
    if kind is str:
        return "" if type(value) is str else "it must be text"
    if kind is int:
        return "" if type(value) is int and value > 0 else "it must be a whole number above 0"
    if kind is float:
        good = type(value) in (int, float) and value > 0
        return "" if good else "it must be a number above 0"
    if get_origin(kind) is tuple and value:
        item, *_ = get_args(kind)
        texts = _are_pairs(value) and all(type(part) is str for pair in value for part in pair)
        if get_origin(item) is tuple and not texts:
            return "it must be a mapping of names to directories or models' names"
        if item is str and not (
            isinstance(value, tuple) and all(type(each) is str for each in value)
        ):
            return 'it must be a list of names, as in ("scipy",)'
    return ""


def _are_pairs(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(each, tuple) and len(each) == 2 for each in value
    )
