"""A value as a Python expression that builds an equal one."""

from __future__ import annotations

import enum
import math
import re
import sys
import types
from collections.abc import Callable

# Longer ones travel beside the source, as msgpack.
LONGEST_LITERAL = 2_000

# Given a function or class that a value holds, the name it will have in the assembled source.
Refer = Callable[[object], str]


class NotLiteralError(Exception):
    """The value holds something that no expression can rebuild."""


def expression(value: object, refer: Refer) -> str:
    """Returns source for `value`; exact types only, so that nothing arrives as its base class.

    Raises:
        NotLiteralError: some part is not plain data, a function, a class or a known constant.
    """
    return _write(value, refer, frozenset())


def _write(value: object, refer: Refer, parents: frozenset[int]) -> str:
    kind = type(value)
    if value is None or value is Ellipsis or kind in (bool, int, str, bytes):
        return repr(value)
    if kind is float:
        return _float(value)  # type: ignore[arg-type]
    if kind is complex:
        return f"complex({_float(value.real)}, {_float(value.imag)})"  # type: ignore[attr-defined]
    if kind is range:
        return repr(value)
    referred = (types.FunctionType, types.BuiltinFunctionType, type)
    if isinstance(value, referred) or hasattr(value, "__wrapped__"):
        return refer(value)
    if isinstance(value, enum.Enum):
        return f"{refer(kind)}.{value.name}"
    if kind is re.Pattern:
        flags = value.flags & ~re.UNICODE if isinstance(value.pattern, str) else value.flags  # type: ignore[attr-defined]
        return f"{refer(re)}.compile({value.pattern!r}, {int(flags)})"  # type: ignore[attr-defined]
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.dtype:
        return f"{refer(torch)}.{str(value).removeprefix('torch.')}"
    if torch is not None and kind is torch.device:
        return f"{refer(torch)}.device({str(value)!r})"
    if id(value) in parents:
        raise NotLiteralError("it contains itself")
    return _container(value, refer, parents | {id(value)})


def _container(value: object, refer: Refer, parents: frozenset[int]) -> str:
    kind = type(value)
    if kind is dict:
        pairs = (
            f"{_write(key, refer, parents)}: {_write(item, refer, parents)}"
            for key, item in value.items()  # type: ignore[attr-defined]
        )
        return "{" + ", ".join(pairs) + "}"
    if kind not in (list, tuple, set, frozenset):
        raise NotLiteralError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
    items = [_write(item, refer, parents) for item in value]  # type: ignore[attr-defined]
    if kind is list:
        return "[" + ", ".join(items) + "]"
    if kind is tuple:
        return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
    inside = ", ".join(sorted(items))  # a set has no order of its own; the source should
    if kind is frozenset:
        return f"frozenset([{inside}])"
    return "{" + inside + "}" if items else "set()"


def _float(number: float) -> str:
    return repr(number) if math.isfinite(number) else f"float({str(number)!r})"
