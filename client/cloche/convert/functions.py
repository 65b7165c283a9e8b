"""Convert functions that take `self` first: what they read of it becomes parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cloche.convert.text import Source

#: What a holder of the model is asked for, and which part of the model that is.
HELD = ("model", "tokenizer")
#: What the model says of itself, where the source does not.
OF_MODEL = ("device", "dtype", "config")


def find_functions(source: Source) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Returns the functions at the top level whose first parameter is `self`, by name."""
    return {
        node.name: node
        for node in source.tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (arg := first_parameter(node)) is not None
        and arg.arg == "self"
    }


def first_parameter(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.arg | None:
    positional = [*node.args.posonlyargs, *node.args.args]
    return positional[0] if positional else None


def convert_function(
    source: Source,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    siblings: dict[str, ast.FunctionDef | ast.AsyncFunctionDef],
) -> None:
    """Renames `self.model` and `self.tokenizer`, and passes both on to sibling functions."""
    if isinstance(node, ast.AsyncFunctionDef):
        source.problem(node, "async", "a call runs no event loop", "write a plain function")
    model, tokenizer = (_free_name(source, node, name) for name in HELD)
    passed = f"{model}, {tokenizer}"
    names = {"model": model, "tokenizer": tokenizer}
    names.update((name, f"{model}.{name}") for name in OF_MODEL)
    parameter = first_parameter(node)
    if parameter is not None:
        source.replace(parameter, passed)
    for use in _uses_of_self(node):
        parent = source.parents[use]
        if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load):
            call = source.parents[parent]
            if parent.attr in names:
                _replace_checked(source, parent, names[parent.attr])
                continue
            if parent.attr in siblings:
                if isinstance(call, ast.Call) and call.func is parent:
                    more = ", " if call.args or call.keywords else ""
                    opens = source.text.index(b"(", source.span(parent)[1])
                    _replace_checked(source, parent, parent.attr)
                    source.insert(opens + 1, passed + more)
                else:
                    sibling = f"(lambda *args, **kwargs: {parent.attr}({passed}, *args, **kwargs))"
                    _replace_checked(source, parent, sibling)
                continue
        if (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id in siblings
            and parent.args[:1] == [use]
        ):
            source.replace(use, passed)
            continue
        _refuse(source, use, parent)


def _uses_of_self(function: ast.AST) -> Iterator[ast.Name]:
    """Yields each `self` that is the function's own, and no inner function's."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Name) and child.id == "self":
            yield child
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and any(
            each.arg == "self" for each in ast.walk(child.args) if isinstance(each, ast.arg)
        ):
            continue
        else:
            yield from _uses_of_self(child)


def _replace_checked(source: Source, node: ast.Attribute, new: str) -> None:
    """Before 3.12, CPython guesses the places of what stands in an f-string."""
    if b"".join(source.segment(node).split()) != f"self.{node.attr}".encode():
        source.problem(
            node,
            "f-string",
            f"where self.{node.attr} stands in this string is not known",
            f"write value = self.{node.attr} on a line before, and {{value}} here",
        )
        return
    source.replace(node, new)


def _refuse(source: Source, use: ast.Name, parent: ast.AST) -> None:
    if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load):
        source.problem(
            use,
            "state",
            f"nothing in this source says what self.{parent.attr} is",
            f"take {parent.attr} as an argument, or convert the class that it comes from",
        )
    elif isinstance(parent, ast.Attribute):
        source.problem(
            use,
            "state",
            f"self.{parent.attr} is set, and a function keeps nothing",
            "use a local variable, or convert the class with its methods",
        )
    else:
        source.problem(
            use,
            "self",
            "self is used whole, and a function has none",
            "pass on what is needed of it, or convert the class with its methods",
        )


def _free_name(source: Source, function: ast.AST, name: str) -> str:
    """Returns `name`, or with an underscore where it means something else in the function."""
    renamings = set(_renamings(function, name))
    taken = any(name in _binds(node) for node in ast.walk(function) if node not in renamings)
    at_top = any(name in _binds(node) for stmt in source.tree.body for node in _own_nodes(stmt))
    return f"_{name}" if taken or at_top else name


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yields a node and what lies in the same scope."""
    yield scope
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        for child in ast.iter_child_nodes(scope):
            yield from _own_nodes(child)


def _renamings(function: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yields the targets of `model = self.model` in a function's own scope, also in tuples."""
    for child in ast.iter_child_nodes(function):
        for node in _own_nodes(child):
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                for each, value in pairs:
                    if (
                        isinstance(each, ast.Name)
                        and each.id == name
                        and isinstance(value, ast.Attribute)
                        and value.attr == name
                        and isinstance(value.value, ast.Name)
                        and value.value.id == "self"
                    ):
                        yield each


def _binds(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, ast.alias):
        return {node.asname or node.name.split(".")[0]}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return {node.name}
    if isinstance(node, ast.MatchMapping) and node.rest:
        return {node.rest}
    return set()
