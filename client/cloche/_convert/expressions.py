"""The expressions that are put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m

if TYPE_CHECKING:
    from cloche._convert.parameters import Handed


class Naming(m.MatcherDecoratableTransformer):
    """Puts a function's own names for model and tokenizer into an expression."""

    def __init__(self, handed: Handed) -> None:
        super().__init__()
        self._handed = handed

    @m.leave(m.Attribute())
    def _keep(self, original: cst.Attribute, updated: cst.Attribute) -> cst.Attribute:
        return updated.with_changes(attr=original.attr)

    @m.leave(m.Name("model") | m.Name("tokenizer"))
    def _name(self, original: cst.Name, updated: cst.Name) -> cst.Name:
        return updated.with_changes(value=self._handed.of(original.value))


def with_first(names: list[str], rest: object) -> list[cst.Arg]:
    """Arguments, with `names` before the others."""
    others = list(rest)  # type: ignore[call-overload]
    if len(others) == 1 and isinstance(others[0].value, cst.GeneratorExp):
        others[0] = others[0].with_changes(value=_own_parentheses(others[0].value))
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    first = [cst.Arg(cst.Name(name), comma=comma) for name in names]
    if first and not others:
        first[-1] = first[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return [*first, *others]


def _own_parentheses(expression: cst.GeneratorExp) -> cst.GeneratorExp:
    if expression.lpar:
        return expression
    return expression.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def kept_parentheses(expression: cst.BaseExpression, original: cst.CSTNode) -> cst.CSTNode:
    outer_left = getattr(original, "lpar", ())
    outer_right = getattr(original, "rpar", ())
    return expression.with_changes(
        lpar=[*outer_left, *expression.lpar], rpar=[*expression.rpar, *outer_right]
    )
