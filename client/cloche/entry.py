"""Which function of a source is the technique, where nobody has named it; for both ends."""

from __future__ import annotations

import ast
from typing import Final

_FIRST: Final = ("model", "tokenizer")


def entry_of(source: str, *, stem: str = "") -> str:
    """The technique among the functions of the top level; empty where that is not plain.

    It is the only public one that takes (model, tokenizer, ...), else the one named like the file,
    else the only public one.

    Args:
        stem: the file's name, without its ending.

    Raises SyntaxError or ValueError where the source is not Python.
    """
    return among(ast.parse(source), stem=stem)


def among(tree: ast.Module, *, stem: str = "") -> str:
    """`entry_of` for a source that is parsed already."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = [name for name in functions if not name.startswith("_")]
    taking = [name for name in public if _takes_the_model(functions[name])]
    if len(taking) == 1:
        return taking[0]
    if stem in functions:
        return stem
    return public[0] if len(public) == 1 else ""


def _takes_the_model(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return tuple(argument.arg for argument in arguments[:2]) == _FIRST
