"""What a value is, in a word, and which words fit the parameters of a callable."""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import numpy as np
import torch
from cloche_server.walls.language.arrays import ArrayFunction, Ufunc
from cloche_server.walls.language.facades import ClassToken, Facade
from cloche_server.walls.language.names import MARK
from cloche_server.walls.language.slots import class_name, dict_of, is_class, mro_of
from cloche_server.walls.language.tables.rows import words

CALLABLE = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, type)


def kind_of(value: object) -> str:
    """A coarse word for what a value is, to choose arguments by."""
    for base, kind in _KINDS:
        if base in mro_of(type(value)):
            return kind
    if MARK in dict_of(type(value)):
        return "own"
    return class_name(type(value))


_KINDS: tuple[tuple[type, str], ...] = (
    (torch.Tensor, "tensor"),
    (torch.nn.Module, "module"),
    (np.ndarray, "array"),
    (type, "class"),
    (Facade, "facade"),
    (ClassToken, "class"),
    (types.FunctionType, "function"),
    (types.MethodType, "function"),
    (types.BuiltinFunctionType, "function"),
    (BaseException, "exception"),
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "str"),
    (bytes, "bytes"),
    (dict, "dict"),
    (list, "list"),
    (tuple, "tuple"),
    (set, "set"),
)


FIRST_KIND = {
    "torch": "tensor",
    "numpy": "array",
    "math": "float",
    "cmath": "float",
    "einops": "tensor",
}
HINTS = {
    **dict.fromkeys(
        words("input tensor x other target mean std weight tensors module_input"), "tensor"
    ),
    **dict.fromkeys(words("a arr array ary m v x1 x2"), "array"),
    **dict.fromkeys(
        words("func f function key fn predicate hook callback wrapped default"), "function"
    ),
    **dict.fromkeys(words("iterable iterable1 data p q values seq population args kwlist"), "list"),
    **dict.fromkeys(words("text string s pattern name names mode sep path width"), "str"),
    **dict.fromkeys(
        words("dim axis n k size num lo hi in_features out_features num_features"), "int"
    ),
    **dict.fromkeys(words("module model modules layer"), "module"),
    **dict.fromkeys(words("cls class_or_tuple type classes"), "class"),
    **dict.fromkeys(words("obj object instance self thing"), "own"),
    **dict.fromkeys(words("mapping dict state_dict kwargs options"), "dict"),
    **dict.fromkeys(words("lr alpha beta p eps value mu sigma"), "float"),
    **dict.fromkeys(words("dtype"), "dtype"),
}


def tells(value: Any) -> bool:
    """Whether the value may be asked for its signature: no code of the program would run."""
    own = is_class(value) and any(MARK in dict_of(each) for each in mro_of(value))
    return not own and type(value) in (*CALLABLE, ArrayFunction, Ufunc)


@functools.lru_cache(maxsize=4096)
def parameters_of(value: Any) -> tuple[str, ...] | None:
    """Names of what the callable must be given; None where it does not tell."""
    try:
        found = inspect.signature(value).parameters.values()
    except (ValueError, TypeError):
        return None
    return tuple(
        each.name
        for each in found
        if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.KEYWORD_ONLY)
    )
