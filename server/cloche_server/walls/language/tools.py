"""What the sources of `written/` take from outside: the ways out of a call, and two looks at code.

A technique may reach them through what is written with them, so each is safe for any arguments.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .derivatives import derive
from .slots import (
    BUILTIN_TYPES,
    DESCRIPTOR_TYPES,
    class_name,
    is_class,
    method_function,
    mro_of,
    owner_of,
)

if TYPE_CHECKING:
    from .guards import Guards

Write = Callable[[str], None]

_LEVELS: Final = ("debug", "info", "warning", "error")
_FUNCTIONS: Final = frozenset({types.FunctionType, *BUILTIN_TYPES, *DESCRIPTOR_TYPES})
#: Of a library's function, defaults of these types alone are shown.
_PLAIN: Final[frozenset[type]] = frozenset({int, float, bool, str, bytes, type(None)})


@dataclass(frozen=True)
class Outlets:
    """Where a call's texts go, other than what it prints."""

    #: level, text
    record: Callable[[str, str], None]
    write_error: Write
    #: The traceback of an exception as its caller may read it.
    describe: Callable[[BaseException], str]

    @classmethod
    def all_to(cls, write: Write) -> Outlets:
        return cls(
            record=lambda level, text: write(f"{level}: {text}\n"),
            write_error=write,
            describe=lambda error: (
                "Traceback (most recent call last):\n"
                f"{class_name(type(error))}: {BaseException.__str__(error)}\n"
            ),
        )


class Streams:
    """What `print` writes to: the caller, or what stands in for that meanwhile."""

    def __init__(self, guards: Guards, write: Write, write_error: Write) -> None:
        self._guards = guards
        self._real = {"stdout": write, "stderr": write_error}
        self._instead: dict[str, Any] = {"stdout": None, "stderr": None}

    def print(self, text: str, file: Any) -> None:
        if file is None:
            self.write("stdout", text)
        else:
            self._guards.calls.method(file, "write")(text)

    def write(self, name: str, text: str) -> None:
        instead = self._instead[name]
        if instead is None:
            self._real[name](text)
        else:
            self._guards.calls.method(instead, "write")(text)

    def exchange(self, name: str, instead: Any) -> Any:
        """Sets what stands in for a stream, None for nothing; answers with what did."""
        before = self._instead[name]
        self._instead[name] = instead
        return before


def _exact(text: Any) -> str:
    """Text without the methods of a class of its own."""
    if str not in mro_of(type(text)):
        raise TypeError(f"write() argument must be str, not {class_name(type(text))}")
    return str.__str__(text)


def make_tools(guards: Guards, outlets: Outlets, streams: Streams) -> dict[str, Any]:
    def record(level: Any, text: Any) -> None:
        outlets.record(level if level in _LEVELS else "info", _exact(text))

    def write_out(text: Any) -> None:
        streams.write("stdout", _exact(text))

    def write_error(text: Any) -> None:
        streams.write("stderr", _exact(text))

    def redirect(name: Any, instead: Any) -> Any:
        return streams.exchange("stderr" if name == "stderr" else "stdout", instead)

    def describe(error: Any = None) -> str:
        found = sys.exception() if error is None else error
        if not isinstance(found, BaseException):
            return "NoneType: None\n"
        return outlets.describe(found)

    def parameters_of(value: Any) -> list[tuple[str, int, Any, Any]]:
        return _parameters(guards, value)

    def annotation_of(value: Any) -> Any:
        return _result(guards, value)

    tools = (
        record,
        write_out,
        write_error,
        redirect,
        describe,
        parameters_of,
        annotation_of,
        derive,
    )
    return {each.__name__: guards.adopt(each) for each in tools}


# Signatures: names and kinds of whatever may be called; of the technique's own functions all.


def _parameters(guards: Guards, value: Any) -> list[tuple[str, int, Any, Any]]:
    """Name, kind, default and annotation of each; the default and annotation in lists, or none."""
    function, bound = _function_of(guards, value)
    found = list(_signature(function).parameters.values())[bound:]
    own = guards.is_own_function(function)
    return [
        (
            each.name,
            int(each.kind),
            _shown(each.default, own),
            _shown(each.annotation, own, plain=frozenset()),
        )
        for each in found
    ]


def _result(guards: Guards, value: Any) -> Any:
    function, _ = _function_of(guards, value)
    if not guards.is_own_function(function):
        return []
    return _shown(_signature(function).return_annotation, True)


def _shown(value: Any, own: bool, plain: frozenset[type] = _PLAIN) -> list[Any]:
    if value is inspect.Parameter.empty:
        return []
    if own or type(value) in plain:
        return [value]
    return [...] if plain else []


def _function_of(guards: Guards, value: Any) -> tuple[Any, int]:
    """The function that a call of `value` runs, and how many arguments it has already."""
    guards.calls.call(value)
    value = guards.calls.looked_at(value)
    cls = type(value)
    if cls is types.MethodType:
        return method_function(value), 1
    if cls in _FUNCTIONS:
        return value, 0
    name = "__init__" if is_class(value) else "__call__"
    _, raw = owner_of(mro_of(value if is_class(value) else cls), name)
    if type(raw) is not types.FunctionType:
        raise ValueError(f"no signature found for a '{class_name(cls)}'")
    return raw, 1


def _signature(function: Any) -> inspect.Signature:
    return inspect.signature(function)
