"""Syntax that is refused, and statements that RestrictedPython would refuse or bend."""

# ruff: noqa: N802

from __future__ import annotations

import ast

from .definitions import DefinitionRules


class StatementRules(DefinitionRules):
    def visit_Global(self, node: ast.Global) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.check_name(node, node.name)
        visited: ast.AST = self.node_contents_visit(node)
        return visited

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
