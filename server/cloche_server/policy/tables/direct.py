"""What may be called by name without a guard's look, because the guard would only hand it back."""

from __future__ import annotations

import ast
from typing import Final

from . import builtin_types, builtins
from .modules import ROWS
from .rows import Allow

_PURE: Final = frozenset(
    name
    for row in builtins.ROWS
    if isinstance(row, Allow) and row.of == "builtins" and row.pure
    for name in row.names.split()
)
#: Stand-ins that read and write by name through the guards. They call none of their arguments.
_ADAPTED: Final = frozenset(
    name
    for row in builtins.ROWS
    if isinstance(row, Allow) and row.of == "builtins" and row.adapted
    for name in row.names.split()
)
#: Builtins that call back what they are given as `key`, and nothing else.
_WITH_KEY: Final = frozenset({"max", "min", "sorted"})

#: Methods of text that are, more often, a tokenizer's.
_TOKENIZER: Final = frozenset({"decode", "encode"})
#: Names of methods of Python's own types that take no callable.
BUILTIN_METHODS: Final = frozenset(
    name
    for row in builtin_types.ROWS
    if isinstance(row, Allow) and row.of.startswith("builtins:") and row.pure
    for name in row.names.split()
    if not name.startswith("_") and name not in _TOKENIZER
)


def _methods(text: bool) -> set[str]:
    return {
        name
        for row in ROWS
        if isinstance(row, Allow) and ":" in row.of and (row.of in _TEXT) is text
        for name in row.names.split()
    }


_TEXT: Final = ("builtins:str", "builtins:bytes")
#: Among them those of text alone: the object is small, whatever expression gave it.
TEXT_METHODS: Final = BUILTIN_METHODS & (_methods(True) - _methods(False))


def is_direct(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    """Whether a call of the builtin `name` with such arguments calls back nothing unjudged."""
    if name in _PURE:
        return True
    if any(each.arg is None for each in keywords):
        # `**options` may hold a name that is not exactly a str.
        return False
    return name in _ADAPTED or (name in _WITH_KEY and all(each.arg != "key" for each in keywords))
