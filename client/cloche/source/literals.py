"""A value as a Python expression that builds an equal one."""

from __future__ import annotations

import enum
import functools
import math
import re
import sys
import types
from collections.abc import Callable

from cloche.source.live import wrapped_in
from cloche.source.objects import NotLiteralError, made_again

__all__ = ["LONGEST_LITERAL", "NotLiteralError", "Refer", "expression"]

# Longer and deeper ones travel beside the source, as msgpack; Python's parser nests 200 at most.
LONGEST_LITERAL = 2_000
_DEEPEST = 50
# In bits: Python writes no more than 4,300 digits.
_LONGEST_DECIMAL = 4_096

# Given a function or class that a value holds, the name it will have in the assembled source.
Refer = Callable[[object], str]


def expression(value: object, refer: Refer) -> str:
    """Returns source for `value`; exact types only, so that nothing arrives as its base class.

    Raises:
        NotLiteralError: some part is not plain data, a function, a class or a known constant.
    """
    return _write(value, refer, frozenset())


def _write(value: object, refer: Refer, parents: frozenset[int]) -> str:
    kind = type(value)
    if kind is int and value.bit_length() > _LONGEST_DECIMAL:  # type: ignore[attr-defined]
        return hex(value)  # type: ignore[arg-type]
    if value is None or value is Ellipsis or kind in (bool, int, str, bytes):
        return repr(value)
    if kind is float:
        return _float(value, refer)  # type: ignore[arg-type]
    if kind is complex:
        parts = (_float(part, refer) for part in (value.real, value.imag))  # type: ignore[attr-defined]
        return f"{refer(complex)}({', '.join(parts)})"
    referred = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type)
    if isinstance(value, referred) or wrapped_in(value) is not None:
        return refer(value)
    if kind is types.MethodType:
        holder, function = value.__self__, value.__func__  # type: ignore[attr-defined]
        if not isinstance(function, types.FunctionType):
            return refer(value)
        return f"{refer(holder)}.{function.__name__}"
    if isinstance(value, (types.MethodDescriptorType, types.WrapperDescriptorType)):
        return f"{refer(_holder(value))}.{value.__name__}"  # str.lower
    if isinstance(value, enum.Enum):
        return _member(value, refer)
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
    if len(parents) >= _DEEPEST:
        raise NotLiteralError("it is nested too deep")
    inside = parents | {id(value)}

    def write(part: object) -> str:
        return _write(part, refer, inside)

    return made_again(value, write, refer) or _container(value, refer, inside)


def _holder(value: types.MethodDescriptorType | types.WrapperDescriptorType) -> type:
    """The class that a method is written after: torch.Tensor, where a base of its own has it."""
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(torch.Tensor, value.__objclass__):
        tensor: type = torch.Tensor
        return tensor if value.__objclass__ is not object else object
    return value.__objclass__


def _member(value: enum.Enum, refer: Refer) -> str:
    """A member by its name; flags that no one name stands for, by their number."""
    kind = refer(type(value))
    name = value._name_
    if name in type(value).__members__:
        return f"{kind}.{name}"
    if isinstance(value, enum.Flag) and type(value._value_) is int:
        return f"{kind}({value._value_})"
    raise NotLiteralError("an enum's member without a name")


def _container(value: object, refer: Refer, parents: frozenset[int]) -> str:
    kind = type(value)
    if kind is dict:
        pairs = (
            f"{_write(key, refer, parents)}: {_write(item, refer, parents)}"
            for key, item in value.items()  # type: ignore[attr-defined]
        )
        return "{" + ", ".join(pairs) + "}"
    if kind in (range, slice):
        ends = (value.start, value.stop, value.step)  # type: ignore[attr-defined]
        return f"{refer(kind)}({', '.join(_write(end, refer, parents) for end in ends)})"
    if kind is functools.partial:
        return _partial(value, refer, parents)  # type: ignore[arg-type]
    if kind not in (list, tuple, set, frozenset):
        return refer(value)
    items = [_write(item, refer, parents) for item in value]  # type: ignore[attr-defined]
    if kind is list:
        return "[" + ", ".join(items) + "]"
    if kind is tuple:
        return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
    inside = ", ".join(sorted(items))  # a set has no order of its own; the source should
    if kind is frozenset:
        return f"{refer(frozenset)}([{inside}])"
    return "{" + inside + "}" if items else f"{refer(set)}()"


def _partial(value: functools.partial[object], refer: Refer, parents: frozenset[int]) -> str:
    named = [
        f"{name}={_write(item, refer, parents)}"
        for name, item in value.keywords.items()
        if name.isidentifier()
    ]
    if len(named) < len(value.keywords) or vars(value):
        raise NotLiteralError("a partial with more to it than a function and its arguments")
    given = [_write(item, refer, parents) for item in (value.func, *value.args)]
    return f"{refer(functools)}.partial({', '.join([*given, *named])})"


def _float(number: float, refer: Refer) -> str:
    return repr(number) if math.isfinite(number) else f"{refer(float)}({str(number)!r})"
