"""Names that are not defined: what a technique is sure to stumble over is said at once."""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cloche.contract.errors import SourceError

if TYPE_CHECKING:
    import types


def undefined(name: str, user: str, known: Iterable[str] = ()) -> SourceError:
    """The error for a name that nothing defines."""
    close = difflib.get_close_matches(name, [*known, *dir(builtins)], 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return SourceError(
        f"{name!r}, used by {user}, is not defined{meant}; define or import it before the "
        "function is sent"
    )


def refuse_undefined(function: types.FunctionType, lines: list[str], unbound: set[str]) -> None:
    """Raises SourceError for a name that the function reads whenever it is called.

    Others may stay unbound, as they are here: `if DEBUG: pdb.set_trace()`.
    """
    if not unbound:
        return
    (node,) = ast.parse("\n".join(lines)).body
    if not isinstance(node, ast.FunctionDef):
        return
    for name in _always_read(node.body):
        if name.id in unbound:
            code = function.__code__
            user = f"{function.__name__} ({code.co_filename.rpartition('/')[2]}:"
            user += f"{code.co_firstlineno})"
            raise undefined(name.id, user, function.__globals__)


def _always_read(body: list[ast.stmt]) -> Iterator[ast.Name]:
    """Names that are read before anything can have ended the call or gone another way."""
    for statement in body:
        match statement:
            case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Return():
                yield from _read(statement)
            case ast.If(test=test) | ast.While(test=test):
                yield from _read(test)
            case ast.For(iter=iterated):
                yield from _read(iterated)
            case ast.With(items=items, body=inner):
                for item in items:
                    yield from _read(item.context_expr)
                yield from _always_read(inner)
        leaves = (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Try)
        if any(isinstance(each, leaves) for each in ast.walk(statement)):
            return


def _read(node: ast.AST) -> Iterator[ast.Name]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.BoolOp):
        children = node.values[:1]
    elif isinstance(node, ast.IfExp):
        children = [node.test]
    elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        children = [] if isinstance(node, ast.Lambda) else [node.generators[0].iter]
    elif isinstance(node, ast.AnnAssign):
        children = [node.value] if node.value is not None else []
    for child in children:
        yield from _read(child)
