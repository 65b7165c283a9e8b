"""Find returned values that cannot travel, before the technique runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from cloche.contract import entry

from cloche_server.walls.language import Diagnostic

_YIELDS = (ast.Yield, ast.YieldFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def only_line(source: str, name: str) -> int:
    """Where the result of a technique that ran was returned, if its text leaves no choice; else 0.

    What another function of the source made and the technique hands on was returned there.

    Args:
        name: of the function, or empty for the one that is plain.
    """
    functions = {n.name: n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}
    name, _ = entry.chosen(tuple(functions), source, name)
    line = 0
    while name in functions:
        function = functions.pop(name)
        values = list(_returned(function))
        if len(values) != 1 or any(isinstance(node, _YIELDS) for node in ast.walk(function)):
            return 0
        line, name = values[0].lineno, _called(values[0])
    return line


def _called(value: ast.expr) -> str:
    match value:
        case ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def untravelling(source: str, name: str) -> tuple[Diagnostic, ...]:
    """What the function `name` of a source that compiles returns and should not; in their order.

    Only what the text alone decides: the model, the tokenizer, a config, functions and classes, by
    themselves or inside tuples, lists and dicts.
    """
    tree = ast.parse(source)
    made = {
        node.name: node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    function = made.get(name)
    if not isinstance(function, ast.FunctionDef):
        return ()
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _loads(n)}
    bound |= {a.arg for n in ast.walk(function) if n is not function for a in _arguments(n)}
    parameters = [argument.arg for argument in _arguments(function)]
    known = {each: "function" for each in made if each not in bound and each not in parameters}
    known |= {
        given: what
        for given, what in zip(parameters, ("model", "tokenizer"), strict=False)
        if given not in bound
    }
    lines = source.split("\n")
    found = []
    for returned in _returned(function):
        for part in _parts(returned):
            said = _judged(part, known, made)
            if said is not None:
                found.append(_at(part, lines, *said))
    return tuple(found)


def _judged(
    part: ast.expr, known: Mapping[str, str], made: Mapping[str, ast.stmt]
) -> tuple[str, str] | None:
    match part:
        case ast.Lambda():
            return "a function", "return what it computes"
        case ast.Name(id=name) if name in known:
            kind = known[name]
            if kind == "model":
                return "the model", f"return its weights, e.g. {name}.state_dict()"
            if kind == "tokenizer":
                return "the tokenizer", f"return what it makes, e.g. {name}(text).input_ids"
            what = "a class" if isinstance(made[name], ast.ClassDef) else "a function"
            return what, "return what it computes"
        case ast.Attribute(value=ast.Name(id=name), attr="config") if known.get(name) == "model":
            return "the model's config", f"return {name}.config.to_dict()"
    return None


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What its own `return` statements return."""
    pending: list[ast.AST] = list(reversed(function.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """The value, or what a display of it holds."""
    match value:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            inner = items
        case ast.Dict(values=items):
            inner = items
        case ast.IfExp(body=one, orelse=other):
            inner = [one, other]
        case _:
            yield value
            return
    for each in inner:
        yield from _parts(each)


def _arguments(node: ast.AST) -> list[ast.arg]:
    if not isinstance(node, _FUNCTIONS):
        return []
    given = node.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def _loads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _at(part: ast.expr, lines: list[str], what: str, instead: str) -> Diagnostic:
    def column(line: int, offset: int) -> int:
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1

    end_line = part.end_lineno or part.lineno
    return Diagnostic(
        code="result-does-not-travel",
        message=f"{what} does not travel as a result",
        hint=instead,
        line=part.lineno,
        column=column(part.lineno, part.col_offset),
        end_line=end_line,
        end_column=column(end_line, part.end_col_offset or 0),
    )
