"""What objects are, read through C slots that no Python code can override.

`x.__class__`, `isinstance` and attribute lookup can all be made to lie; these cannot.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Mapping
from typing import Any

mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
dict_of: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
class_name: Callable[[type], str] = type.__dict__["__name__"].__get__
#: Where its objects keep their dict; 0: they have none.
dict_offset: Callable[[type], int] = type.__dict__["__dictoffset__"].__get__
_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__
_module: Callable[[type], str] = type.__dict__["__module__"].__get__
# Py_TPFLAGS_HEAPTYPE: made at run time, by a class statement or by C.
_HEAP_TYPE = 1 << 9

globals_of: Callable[[Any], dict[str, Any]] = types.FunctionType.__dict__["__globals__"].__get__
function_dict: Callable[[Any], dict[str, Any]] = types.FunctionType.__dict__["__dict__"].__get__
function_name: Callable[[Any], str] = types.FunctionType.__dict__["__name__"].__get__

method_function: Callable[[Any], Any] = types.MethodType.__dict__["__func__"].__get__
method_self: Callable[[Any], Any] = types.MethodType.__dict__["__self__"].__get__

builtin_self: Callable[[Any], Any] = types.BuiltinFunctionType.__dict__["__self__"].__get__
builtin_name: Callable[[Any], str] = types.BuiltinFunctionType.__dict__["__name__"].__get__

wrapper_self: Callable[[Any], Any] = types.MethodWrapperType.__dict__["__self__"].__get__
wrapper_name: Callable[[Any], str] = types.MethodWrapperType.__dict__["__name__"].__get__

super_class: Callable[[Any], type] = super.__dict__["__thisclass__"].__get__
super_self: Callable[[Any], Any] = super.__dict__["__self__"].__get__
super_self_class: Callable[[Any], type] = super.__dict__["__self_class__"].__get__

partial_function: Callable[[Any], Any] = functools.partial.__dict__["func"].__get__

#: Bound C methods; some have a type of their own (those that know their defining class).
BUILTIN_TYPES = (types.BuiltinFunctionType, type(re.compile("").sub))

#: Descriptors that stand for a C function of a class: `str.upper`, `object.__init__`.
DESCRIPTOR_TYPES = (types.MethodDescriptorType, types.WrapperDescriptorType)
descriptor_class: dict[type, Callable[[Any], type]] = {
    each: each.__dict__["__objclass__"].__get__ for each in DESCRIPTOR_TYPES
}
descriptor_name: dict[type, Callable[[Any], str]] = {
    each: each.__dict__["__name__"].__get__ for each in DESCRIPTOR_TYPES
}


def data_of(obj: Any) -> dict[str, Any]:
    """The object's own `__dict__`, whatever its class says of that name.

    Raises AttributeError where it has none.
    """
    found: dict[str, Any] = object.__getattribute__(obj, "__dict__")
    return found


def python_name(cls: type) -> str:
    """What Python calls the class in its errors: with its module where C spells it so."""
    module = "builtins" if _flags(cls) & _HEAP_TYPE else _module(cls)
    return class_name(cls) if module == "builtins" else f"{module}.{class_name(cls)}"


def is_class(value: object) -> bool:
    """Whether the value is a class, by its type's own bases."""
    return type in mro_of(type(value))


def owner_of(mro: tuple[type, ...], name: str) -> tuple[int, Any]:
    """Position in `mro` of the class that defines `name`, and the raw value; (-1, None) if none."""
    for index, cls in enumerate(mro):
        members = dict_of(cls)
        if name in members:
            return index, members[name]
    return -1, None
