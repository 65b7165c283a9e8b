"""Small pieces of syntax tree that rewritten code is made of."""

from __future__ import annotations

import ast
from collections.abc import Iterable

#: What may be written out twice, in nodes: one copy for the fast way, one for the guard's.
TWICE_MAX_NODES = 40
#: A variable of rewritten code. Each function has its own; see `Rules.held`.
TEMPORARY = " held"


def load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def table(kind: str, name: str) -> ast.Name:
    """A set, a table or a value of the guards' that goes by a name of the source; see fast.py."""
    return load(f" {kind} {name}")


def store(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign(targets=[ast.Name(name, ast.Store())], value=value)


def guard_call(guard: str, *args: ast.expr, at: ast.AST) -> ast.Call:
    call = ast.Call(func=load(guard), args=list(args), keywords=[])
    ast.copy_location(call, at)
    ast.copy_location(call.func, at)
    for arg in args:
        if not hasattr(arg, "lineno"):
            ast.copy_location(arg, at)
    return call


def type_of(value: ast.expr) -> ast.Call:
    return ast.Call(func=load(" type"), args=[value], keywords=[])


def type_in(value: ast.expr, types: str | ast.Name) -> ast.Compare:
    """Whether the exact type is in a set of the wall's: `type(value) in types`."""
    named = types if isinstance(types, ast.Name) else load(types)
    return ast.Compare(type_of(value), [ast.In()], [named])


def is_atom(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Constant))


def is_chain(node: ast.expr) -> bool:
    """A variable, or attributes and items of one: what it gives is held by something else, too."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Subscript) and not is_atom(node.slice):
            return False
        node = node.value
    return isinstance(node, ast.Name)


def are_small(nodes: Iterable[ast.AST]) -> bool:
    count = 0
    for node in nodes:
        for _ in ast.walk(node):
            count += 1
            if count > TWICE_MAX_NODES:
                return False
    return True


def binds_anything(node: ast.expr) -> bool:
    """Whether evaluating the expression may bind a variable of the scope it stands in."""
    return any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))


def runs_file(test: ast.expr) -> bool:
    """Whether this is `__name__ == "__main__"`."""
    match test:
        case ast.Compare(
            left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]
        ):
            return True
    return False


def exceptions_of(handler: ast.ExceptHandler) -> frozenset[str]:
    """The names of what a handler catches; none of them where it catches all."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(kind.id for kind in kinds if isinstance(kind, ast.Name))
