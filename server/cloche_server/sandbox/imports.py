"""Narrow the modules a call may import to those that its operator lets it.

Behind that wall a technique imports by statements alone, so its source shows all that it may ever
ask for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from cloche_server.walls.language import Diagnostic

# Told what progress is, and nothing else.
_ALWAYS: Final = frozenset({"cloche", "__future__"})


def not_allowed(source: str, modules: tuple[str, ...] | None) -> tuple[Diagnostic, ...]:
    """What a source that compiles imports beyond them; None: they are not narrowed."""
    if modules is None:
        return ()
    allowed = _ALWAYS.union(modules)
    return tuple(
        _refused(node, name, modules)
        for node in ast.walk(ast.parse(source))
        for name in _imported(node)
        if name.partition(".")[0] not in allowed
    )


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""


def _refused(node: ast.AST, name: str, modules: tuple[str, ...]) -> Diagnostic:
    assert isinstance(node, (ast.Import, ast.ImportFrom))  # noqa: S101  # they alone import
    return Diagnostic(
        code="import-not-allowed",
        message=f"import of {name!r} refused: the token's policy does not allow it",
        hint=f"it allows {', '.join(modules) or 'none'}; ask the server's operator",
        line=node.lineno,
        column=node.col_offset + 1,
        end_line=node.end_lineno or node.lineno,
        end_column=(node.end_col_offset or node.col_offset) + 1,
    )
