"""Which variables hold nothing but numbers, text and the like, as far as the source alone tells.

Such a value needs no look: it is no array that `+=` would change in place, and no list that torch
would walk when it is an index. Sound because arithmetic on exact numbers and text gives the same
again, whatever the operator; one source that might be anything else, and the variable is not plain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from .scopes import LoopCounter, Scope, Source, Survey

_CONSTANTS: Final = (int, float, complex, bool, str, bytes, type(None), type(...))
#: Builtins that answer with an exact number or text, whatever they are given.
_PLAIN_CALLS: Final = frozenset({"len", "int", "float", "bool", "ord", "chr", "hash", "range"})
#: Builtins that answer so when their arguments are plain.
_PLAIN_IF_ARGUMENTS_ARE: Final = frozenset({"abs", "round", "min", "max"})
_BOOLEAN: Final = (ast.In, ast.NotIn, ast.Is, ast.IsNot)


class PlainNames:
    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._found: dict[int, set[str]] = {}

    def is_plain(self, node: ast.expr, scopes: list[Scope]) -> bool:
        """Whether the expression, read in the last of the nested `scopes`, is plain."""
        return next(self.unknown(node, scopes), None) is None

    def unknown(self, node: ast.expr, scopes: list[Scope]) -> Iterator[ast.expr]:
        """The parts of an expression that must be plain for all of it to be."""
        match node:
            case ast.Constant(value=value):
                if type(value) not in _CONSTANTS:
                    yield node
            case ast.Name(id=name):
                if not self._is_plain_name(name, scopes):
                    yield node
            case ast.UnaryOp(op=ast.Not()):
                pass
            case ast.JoinedStr(values=values):
                # Alone, a value may be text of a class of its own, from its own `__format__`.
                if len(values) == 1 and not isinstance(values[0], ast.Constant):
                    yield node
            case ast.UnaryOp(operand=operand):
                yield from self.unknown(operand, scopes)
            case ast.BinOp(left=left, right=right):
                yield from self.unknown(left, scopes)
                yield from self.unknown(right, scopes)
            case ast.BoolOp(values=values):
                for each in values:
                    yield from self.unknown(each, scopes)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self.unknown(body, scopes)
                yield from self.unknown(orelse, scopes)
            case ast.Compare(left=left, ops=ops, comparators=others):
                if not all(isinstance(each, _BOOLEAN) for each in ops):
                    for each in (left, *others):
                        yield from self.unknown(each, scopes)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                if not self._survey.is_builtin(name, scopes[-1]):
                    yield node
                elif name in _PLAIN_IF_ARGUMENTS_ARE and len(args) >= 1 and not keywords:
                    if len(args) == 1 and name in ("min", "max"):
                        yield node
                    for each in args:
                        yield from self.unknown(each, scopes)
                elif name not in _PLAIN_CALLS:
                    yield node
            case _:
                yield node

    def _is_plain_name(self, name: str, scopes: list[Scope]) -> bool:
        if scopes[-1].kind == "class":
            return False
        for depth in range(len(scopes), 0, -1):
            scope = scopes[depth - 1]
            if scope.kind != "class" and name in scope.sources:
                # A module's variables stand in a dict: what is bound there is no proof.
                return scope.kind != "module" and name in self._plain_of(scope, scopes[:depth])
        return False

    def _plain_of(self, scope: Scope, scopes: list[Scope]) -> set[str]:
        """The scope's plain names: all that might be, less those that one source speaks against."""
        found = self._found.get(id(scope))
        if found is not None:
            return found
        shared = self._survey.shared
        found = self._found[id(scope)] = {
            name
            for name, sources in scope.sources.items()
            if name not in shared and "__" not in name and None not in sources
        }
        while True:
            wrong = {
                name
                for name in found
                if not all(self._is_plain_source(each, scopes) for each in scope.sources[name])
            }
            if not wrong:
                return found
            found -= wrong

    def _is_plain_source(self, source: Source, scopes: list[Scope]) -> bool:
        if isinstance(source, LoopCounter):
            return self._survey.is_builtin(source.function, scopes[-1])
        return source is not None and self.is_plain(source, scopes)
