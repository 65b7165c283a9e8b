"""All rules in one visitor: one method for each node type; a node without one is refused."""

# ruff: noqa: N802

from __future__ import annotations

import ast

from .patterns import PatternLowering
from .refused import StatementRules


class TechniqueTransformer(StatementRules):
    """RestrictedPython's transformer with the visitors that researchers' Python needs."""

    def __init__(self, errors: list[str], warnings: list[str], *, fast: bool) -> None:
        super().__init__(errors, warnings, fast=fast)
        self._patterns = PatternLowering(self)

    def visit_Match(self, node: ast.Match) -> list[ast.stmt]:
        return self._patterns.lower(node)
