"""Functions, classes and the module itself."""

# ruff: noqa: N802

from __future__ import annotations

import ast
from contextlib import nullcontext

from .loops import LoopRules
from .nodes import guard_call


class DefinitionRules(LoopRules):
    def _visit_parameters(self, args: ast.arguments) -> None:
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                self.check_name(arg, arg.arg)
                if arg.annotation is not None:
                    arg.annotation = self.annotation(arg.annotation)
        args.defaults = [self.visit(each) for each in args.defaults]
        args.kw_defaults = [each and self.visit(each) for each in args.kw_defaults]

    def _visit_decorators(self, decorators: list[ast.expr]) -> list[ast.expr]:
        # Applying a decorator is a call.
        return [guard_call(" call", self.visit(each), at=each) for each in decorators]

    def _refuse_type_params(self, node: ast.AST) -> None:
        if getattr(node, "type_params", None):
            self.refuse(
                node,
                "syntax-refused",
                "type parameters in brackets are refused",
                "use typing.TypeVar and typing.Generic",
            )

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.check_name(node, node.name)
        self._refuse_type_params(node)
        node.decorator_list = self._visit_decorators(node.decorator_list)
        self._visit_parameters(node.args)
        if node.returns is not None:
            node.returns = self.annotation(node.returns)
        idle = self.scope.kind == "module" and node.name in self.survey.idle
        with self.inside(node), self.optional() if idle else nullcontext():
            node.body = self.visit_body(node.body)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._visit_parameters(node.args)
        with self.inside(node):
            node.body = self.visit(node.body)
        return node

    def visit_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        new: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            if isinstance(result, list):
                new.extend(result)
            elif result is not None:
                new.append(result)
        if not new:
            new.append(ast.copy_location(ast.Pass(), body[0]) if body else ast.Pass())
        return new

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.check_name(node, node.name)
        self._refuse_type_params(node)
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg == "metaclass":
                self.refuse(
                    node,
                    "class-refused",
                    "a class may not choose its metaclass",
                    "__init_subclass__ or a class decorator does most of what metaclasses do",
                )
        node.decorator_list = self._visit_decorators(node.decorator_list)
        node.bases = [self.visit(each) for each in node.bases]
        node.keywords = [self.visit(each) for each in node.keywords]
        self._classes.append(node.name)
        with self.inside(node):
            node.body = self.visit_body(node.body)
        self._classes.pop()
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self._text_annotations = any(
            isinstance(each, ast.ImportFrom) and each.module == "__future__" for each in node.body
        )
        self.take_stock(node)
        with self.inside(node):
            node.body = self.visit_body(node.body)
        return node
