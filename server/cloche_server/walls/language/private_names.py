"""Which names a real class keeps for itself, read off the class.

The library asks its own objects for them and believes what it finds: it calls the methods with
functions of its own, looks names up in the registers, hands out what it finds there. So a
technique's class that derives from one takes none of these names, in no way.
"""

from __future__ import annotations

import dis
import functools
import re
import types
from collections.abc import Iterator
from typing import Any, Final

from .names import is_dunder
from .slots import dict_of, mro_of

_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_ROOTS: Final = ("LOAD_GLOBAL", "LOAD_NAME")


@functools.cache
def private_names(cls: type) -> frozenset[str]:
    """Names with a leading underscore that `cls`, its metaclass and their methods use."""
    return frozenset(name for name in asked_names(cls) if is_private(name))


@functools.cache
def asked_names(cls: type) -> frozenset[str]:
    """All names that `cls`, its metaclass and their methods use, of whatever object."""
    found: set[str] = set()
    for each in (cls, *mro_of(type(cls))):
        if each is type or each is object:
            continue
        for name, value in dict_of(each).items():
            found.add(name)
            for function in _functions(value):
                found.update(_asked_by(function.__code__))
    return frozenset(found)


def is_private(name: str) -> bool:
    return name.startswith("_") and not is_dunder(name)


def _functions(value: Any) -> Iterator[types.FunctionType]:
    if isinstance(value, property):
        candidates: tuple[Any, ...] = (value.fget, value.fset, value.fdel)
    else:
        candidates = (getattr(value, "__func__", value),)
    for each in candidates:
        # A decorator's function asks for names of its own before it calls what it wraps.
        while each is not None:
            if isinstance(each, types.FunctionType):
                yield each
            each = getattr(each, "__wrapped__", None)


def _asked_by(code: types.CodeType) -> Iterator[str]:
    """Attributes that the code reads, writes or deletes, and texts that may name some.

    What is read of a global is another module's.
    """
    of_global = False
    for each in dis.get_instructions(code):
        if "_ATTR" in each.opname or each.opname == "LOAD_METHOD":
            if not of_global:
                yield str(each.argval)
        elif each.opname not in ("CACHE", "PRECALL", "NOP"):
            of_global = each.opname in _ROOTS
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _asked_by(constant)
        elif isinstance(constant, str) and _NAME.fullmatch(constant):
            yield constant
        elif isinstance(constant, (tuple, frozenset)):
            yield from (each for each in constant if type(each) is str and _NAME.fullmatch(each))
