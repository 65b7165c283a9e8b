"""What may be called by name without a guard's look, because the guard would only hand it back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Final

from . import builtin_types, builtins
from .modules import ROWS
from .rows import Allow, Row


def _names(rows: Iterable[Row], wanted: Callable[[Allow], bool]) -> frozenset[str]:
    """The names in those rows that allow and are wanted."""
    return frozenset(
        name for row in rows if isinstance(row, Allow) and wanted(row) for name in row.names.split()
    )


#: What the wall's builtins hold, whatever a source binds.
BUILTINS: Final = _names(builtins.ROWS, lambda row: row.of == "builtins") | {
    *("print", "progress", "type")
}
_PURE: Final = _names(builtins.ROWS, lambda row: row.of == "builtins" and row.pure)
#: Stand-ins that read and write by name through the guards. They call none of their arguments.
_ADAPTED: Final = _names(builtins.ROWS, lambda row: row.of == "builtins" and row.adapted)
#: Builtins that call back what they are given as `key`, and nothing else.
_WITH_KEY: Final = frozenset({"max", "min", "sorted"})

#: Methods of text that are, more often, a tokenizer's.
_TOKENIZER: Final = frozenset({"decode", "encode"})
#: Names of methods of Python's own types that take no callable.
BUILTIN_METHODS: Final = frozenset(
    name
    for name in _names(builtin_types.ROWS, lambda row: row.of.startswith("builtins:") and row.pure)
    if not name.startswith("_") and name not in _TOKENIZER
)
_TEXT: Final = ("builtins:str", "builtins:bytes")
#: Among them those of text alone: the object is small, whatever expression gave it.
TEXT_METHODS: Final = BUILTIN_METHODS & (
    _names(ROWS, lambda row: row.of in _TEXT)
    - _names(ROWS, lambda row: ":" in row.of and row.of not in _TEXT)
)


def is_direct(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    """Whether a call of the builtin `name` with such arguments calls back nothing unjudged."""
    if name in _PURE:
        return True
    if any(each.arg is None for each in keywords):
        # `**options` may hold a name that is not exactly a str.
        return False
    return name in _ADAPTED or (name in _WITH_KEY and all(each.arg != "key" for each in keywords))
