"""Syntax that is refused, and statements that RestrictedPython would refuse or bend."""

# ruff: noqa: N802

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import Final

from ..tables.modules import UNRAISED
from .definitions import DefinitionRules
from .nodes import exceptions_of, runs_file

_OF_IMPORTS: Final = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class StatementRules(DefinitionRules):
    def visit_Global(self, node: ast.Global) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if runs_file(node.test):
            # A technique is never the program: nothing in there is looked at.
            node.body = [ast.copy_location(ast.Pass(), node)]
        node.test = self.visit(node.test)
        with self.optional():
            node.body, node.orelse = self._visited(node.body), self._visited(node.orelse)
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:
        optional = any(map(_awaits_import_error, node.handlers))
        with self.awaiting(node.handlers), self.optional() if optional else nullcontext():
            node.body = self._visited(node.body)
        node.handlers = [self.visit(each) for each in node.handlers]
        node.orelse, node.finalbody = self._visited(node.orelse), self._visited(node.finalbody)
        return node

    def _visited(self, body: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            done += new if isinstance(new, list) else [new] if new is not None else []
        return done

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.check_name(node, node.name)
        if node.type is not None:
            node.type = self._without_unraised(node.type)
        visited: ast.AST = self.node_contents_visit(node)
        return visited

    def _without_unraised(self, kinds: ast.expr) -> ast.expr:
        """Leaves out exceptions that no technique can raise, and that it has no name for."""
        listed = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        kept = [
            each
            for each in listed
            if not (
                isinstance(each, ast.Name)
                and each.id in UNRAISED
                and self.survey.is_builtin(each.id, self.scope)
            )
        ]
        if len(kept) == len(listed):
            return kinds
        return ast.copy_location(ast.Tuple(kept, ast.Load()), kinds)

    def visit_TryStar(self, node: ast.AST) -> None:
        self.refuse(
            node, "syntax-refused", "except* is refused", "catch the exceptions with except"
        )

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        visited: ast.AST = self.node_contents_visit(node)
        return visited

    def visit_TemplateStr(self, node: ast.AST) -> None:
        self.not_allowed(node)

    def visit_Interpolation(self, node: ast.AST) -> None:
        self.not_allowed(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.refuse_async(node)

    def visit_Await(self, node: ast.Await) -> None:
        self.refuse_async(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.refuse_async(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.refuse_async(node)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        self.refuse(
            node, "syntax-refused", "type statements are refused", "write `Name = ...` instead"
        )

    def visit_Interactive(self, node: ast.Interactive) -> None:
        self.not_allowed(node)

    def visit_Expression(self, node: ast.Expression) -> None:
        self.not_allowed(node)


def _awaits_import_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or not exceptions_of(handler).isdisjoint(_OF_IMPORTS)
