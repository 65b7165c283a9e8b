"""Whether an attack was handed what leads out of the language wall: judged by what objects are."""

from __future__ import annotations

import builtins
import os
import sys
import types
from typing import Any, Final

# What an attack returns that found memory it must not see; its own word can only convict it.
CONFESSION: Final = "canary-5d1f"
# What stands at the address that attacks are given.
PLANTED: Final = b"beacon"

_FORBIDDEN: Final = (
    types.ModuleType,
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.CellType,
    types.MappingProxyType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    type(sys.flags),
    type(os.environ),
)
_DANGEROUS: Final[tuple[Any, ...]] = (
    eval, exec, open, compile, builtins.__import__, globals, input, type, object.__reduce_ex__,
)  # fmt: skip


def handed_out(result: object, own_globals: dict[str, Any], secrets: tuple[str, ...]) -> str | None:
    """Walks `result` and says what in it no technique may hold, or None."""
    seen: set[int] = set()
    todo: list[Any] = [result]
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        found = _leads_out(value, own_globals, secrets)
        if found is not None:
            return found
        cls = type(value)
        if cls in (types.BuiltinMethodType, types.MethodType, types.MethodWrapperType):
            todo.append(value.__self__)
        elif cls is dict:
            todo += [*value, *value.values()]
        elif cls in (list, tuple, set, frozenset):
            todo += value
    return None


def _leads_out(value: Any, own_globals: dict[str, Any], secrets: tuple[str, ...]) -> str | None:
    cls = type(value)
    if cls in (str, bytes, bytearray):
        return _says(value, secrets)
    if issubclass(cls, _FORBIDDEN):
        return f"a {cls.__name__} was handed out"
    if any(value is each for each in _DANGEROUS):
        return f"{value!r} was handed out"
    if cls is types.FunctionType and value.__globals__ is not own_globals:
        return f"the library function {value.__qualname__} was handed out"
    if cls in (types.BuiltinMethodType, types.MethodType, types.MethodWrapperType):
        name = getattr(value, "__name__", "")
        if name in ("__subclasses__", "__reduce_ex__", "mro"):
            return f"the method {name} was handed out"
    if cls is type and issubclass(value, (types.ModuleType, type)):
        return "a class of modules or classes was handed out"
    if cls is dict and (
        value is own_globals or any(value is vars(each) for each in list(sys.modules.values()))
    ):
        return "a namespace was handed out"
    return None


def _says(value: str | bytes | bytearray, secrets: tuple[str, ...]) -> str | None:
    data = value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)
    if any(secret.encode() in data for secret in (*secrets, CONFESSION)):
        return "a secret was returned"
    if PLANTED in data and not isinstance(value, str):
        return "planted memory was read"
    return None
