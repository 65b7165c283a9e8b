"""What numpy's functions are given: arguments looked at by their parameters, in copies.

A function's own signature says which argument is which. A count is bounded, a type is described in
plain terms, and what chooses where or how a kernel writes is refused; `tables/native.py` says which
parameters are data, and where an option is admitted.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .bounds import check_count, check_sizes
from .copies import private
from .descriptions import description
from .diagnostics import AccessRefused
from .exact import exact_keys
from .slots import is_class
from .tables.native import (
    NUMPY_COUNTS,
    NUMPY_HANDING_ON,
    NUMPY_OPTIONS,
    NUMPY_TYPES,
    NUMPY_VALUES,
    SIZES,
    Options,
    Values,
)

#: Where numpy takes types, data too; and where, unasked, the first argument is data.
_OF_DATA: Final = frozenset({"result_type", "can_cast"})
_DATA_FIRST: Final = frozenset({"array", "asarray", "asanyarray", "ascontiguousarray", "where"})
#: Looks at one argument, and answers with what is handed on in its place.
_Check = Callable[[Any], Any]
_UFUNC: Final = "ufunc"


@dataclass(frozen=True)
class _Checks:
    """How a function's arguments are looked at; None for data."""

    label: str
    positions: tuple[_Check | None, ...]
    beyond: _Check | None
    named: Mapping[str, _Check | None]
    #: What has no parameter goes to a function of the caller's, as it is.
    hands_on: bool = False


def prepared(
    function: Any, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that numpy is given: looked at, and copies, none of arrays of objects."""
    exact_keys(options)
    checks = _checks_of(function)
    if checks.hands_on:
        count = len(checks.positions)
        args, beyond = args[:count], args[count:]
        unnamed = {key: each for key, each in options.items() if key not in checks.named}
        options = {key: each for key, each in options.items() if key in checks.named}
    copies = [private(each, for_torch=False) for each in args]
    named = {key: private(each, for_torch=False) for key, each in options.items()}
    for index, value in enumerate(copies):
        at = index < len(checks.positions)
        check = checks.positions[index] if at else checks.beyond
        if check is not None:
            copies[index] = check(value)
    for name, value in named.items():
        check = checks.named[name] if name in checks.named else _check_of(checks.label, name)
        if check is not None and not (name == "where" and _has_out(function, copies, named)):
            named[name] = check(value)
    if checks.hands_on:
        return [*copies, *beyond], named | unnamed
    return copies, named


def _has_out(function: Any, args: list[Any], options: dict[str, Any]) -> bool:
    """Whether a ufunc writes to an array that has values where it does not write."""
    given = type(function) is np.ufunc and (len(args) > function.nin or "out" in options)
    return given and options.get("out", args) is not None


def _checks_of(function: Any) -> _Checks:
    """By the class and the name of a method; a function stands for itself."""
    owner = getattr(function, "__self__", None)
    if owner is None or type(owner) is types.ModuleType:
        return _checks(function, getattr(function, "__name__", ""))
    cls: Any = type(owner)
    return _checks_of_method(cls, function.__name__)


@functools.lru_cache(maxsize=2048)
def _checks_of_method(cls: Any, name: str) -> _Checks:
    return _checks(getattr(cls, name), name)


@functools.lru_cache(maxsize=2048)
def _checks(function: Any, label: str) -> _Checks:
    if type(function) is np.ufunc:
        out = _check_of(_UFUNC, "out")
        return _Checks(_UFUNC, (None,) * function.nin, out, {})
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        # Only the newest numpy says what its functions in C take. A scalar's class takes data.
        guess = None if is_class(function) else functools.partial(_guessed, label)
        return _Checks(label, (None,) if label in _DATA_FIRST else (), guess, {})
    positions: list[_Check | None] = []
    named: dict[str, _Check | None] = {}
    beyond = None
    for each in signature.parameters.values():
        check = _check_of(label, each.name)
        if each.kind is each.VAR_POSITIONAL:
            beyond = check
        elif each.kind is not each.VAR_KEYWORD:
            named[each.name] = check
            if each.kind is not each.KEYWORD_ONLY and not _is_bound(function, each.name):
                positions.append(check)
    return _Checks(label, tuple(positions), beyond, named, label in NUMPY_HANDING_ON)


def _is_bound(function: Any, name: str) -> bool:
    return name == "self" and hasattr(function, "__objclass__")


def _check_of(label: str, name: str) -> _Check | None:
    for row in NUMPY_OPTIONS:
        if name in row.names.split():
            if label not in row.but_of.split():
                return functools.partial(_refuse, f"np.{label}({name}=...)", row)
            return _written if name == "out" else None
    if name in NUMPY_TYPES:
        return _type_or_data if label in _OF_DATA else description
    what = f"np.{label}({name}=...)"
    if any(_names(row, label, name) for row in NUMPY_COUNTS):
        return functools.partial(_whole_numbers, what)
    if any(_names(row, label, name) for row in NUMPY_VALUES):
        return None
    return functools.partial(_count, what, name in SIZES)


def _whole_numbers(what: str, value: Any) -> Any:
    """The numbers that numpy would make of it, made here: text and dates in a list are numbers."""
    if value is not None and type(value) is not int:
        made = np.asarray(value)
        if made.dtype.kind not in "iubf" and made.size:
            raise TypeError(f"{what} takes whole numbers, not {made.dtype}")
        if made.dtype.kind == "f" and type(value) in (list, tuple):
            made = np.array(value, np.intp)
        value = made
    check_count(value, what)
    return value


def _names(row: Values, label: str, name: str) -> bool:
    """Whether the row speaks of that parameter of that function."""
    return row.of in ("", label) and name in row.names.split()


def _count(what: str, sizes: bool, value: Any) -> Any:
    check_count(value, what)
    if sizes and type(value) in (list, tuple):
        check_sizes(value, what)
    return value


def _type_or_data(value: Any) -> Any:
    data = (np.ndarray, np.generic, int, float, complex)
    return value if isinstance(value, data) else description(value)


def _guessed(label: str, value: Any) -> Any:
    """What has the form of a description is one; an integer is a count."""
    first = value[0] if type(value) in (list, tuple) and value else value
    if type(value) in (str, dict) or type(first) in (tuple, str, np.dtype) or is_class(first):
        return description(value)
    if any(row.of == label for row in NUMPY_COUNTS):
        return _whole_numbers(f"np.{label}", value)
    check_count(value, f"np.{label}")
    return value


def _written(value: Any) -> Any:
    for each in value if type(value) is tuple else (value,):
        if each is not None and type(each) is not np.ndarray:
            raise AccessRefused(
                "out= that is no array refused", hint="give an array", code="argument-refused"
            )
    return value


def _refuse(what: str, row: Options, value: Any) -> Any:
    """Raises AccessRefused, unless the value is what would be there without it."""
    if any(value is each for each in row.unless):
        return value
    raise AccessRefused(f"{what} refused: {row.why}", hint=row.instead, code="argument-refused")
