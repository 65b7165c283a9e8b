"""Comprehensions, loops and `with`: what they go over is guarded where it is used.

yield from x  ->  yield from ` delegate`(x)
"""

# ruff: noqa: N802

from __future__ import annotations

import ast

from .assignment import AssignmentRules
from .nodes import guard_call


class LoopRules(AssignmentRules):
    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> ast.AST:
        first = node.generators[0]
        # What the first `for` goes over is evaluated outside.
        outer = self._iterable(first)
        with self.inside(node):
            for generator in node.generators:
                if generator.is_async:
                    self.refuse_async(generator.target)
                if generator is not first:
                    generator.iter = self._iterable(generator)
                generator.target = self.visit(generator.target)
                generator.ifs = [self.visit(each) for each in generator.ifs]
            if isinstance(node, ast.DictComp):
                node.key, node.value = self.visit(node.key), self.visit(node.value)
            else:
                node.elt = self.visit(node.elt)
        first.iter = outer
        return node

    def _iterable(self, generator: ast.comprehension) -> ast.expr:
        self._iterables += 1
        visited: ast.expr = self.visit(generator.iter)
        self._iterables -= 1
        return visited

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._statement(node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        node.value = guard_call(" delegate", self.visit(node.value), at=node)
        return node

    def visit_With(self, node: ast.With) -> ast.AST:
        return self._statement(node)

    def _statement(self, node: ast.stmt) -> ast.AST:
        visited: ast.AST = self.node_contents_visit(node)
        return visited
