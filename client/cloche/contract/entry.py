"""Choose the function of a source that is the technique, where nobody has named it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

# A frame holds them all at their longest.
_MOST_NAMES: Final = 20
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


def chosen(functions: Sequence[str], source: str, name: str = "") -> tuple[str, str]:
    """The function to call, or empty and what is wrong.

    Args:
        functions: those of the source's top level.
        source: is read only where they leave a choice.
        name: the caller's own choice.
    """
    known = _listed(functions) or "none"
    if name:
        if name in functions:
            return name, ""
        return "", f"no top-level function is called {name!r:.200}; the source defines: {known}"
    public = [function for function in functions if not function.startswith("_")]
    if not public:
        return "", "the source defines no public function; write def name(model, tokenizer, ...)"
    found = public[0] if len(public) == 1 else entry_of(source)
    if found:
        return found, ""
    return "", (
        f"which function is the technique? The source defines: {known}; name it "
        "(with_options(entry_point=...), or cloche run --function), or let only one take "
        "(model, tokenizer, ...)"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"{name:.80}" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def among(tree: ast.Module, *, stem: str = "") -> str:
    """`entry_of` for a source that is parsed already."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = [name for name in functions if not name.startswith("_")]
    taking = [name for name in public if takes_the_model(functions[name])]
    if len(taking) == 1:
        return taking[0]
    if stem in functions:
        return stem
    return public[0] if len(public) == 1 else ""


def takes_the_model(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether its first parameters are (model, tokenizer)."""
    return tuple(each.arg for each in positional(function)[:2]) == _FIRST


def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """The parameters that may be given without their names."""
    return [*function.args.posonlyargs, *function.args.args]
