"""The two parameters that take the object's place, and local variables that are called the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m

if TYPE_CHECKING:
    from cloche._convert.owners import Member
    from cloche._convert.reading import Reading


@dataclass(frozen=True)
class Handed:
    """What a function calls the model and the tokenizer."""

    model: str
    tokenizer: str

    def of(self, which: str) -> str:
        return self.model if which == "model" else self.tokenizer


def local_names(
    member: Member, reading: Reading
) -> tuple[set[cst.SimpleStatementLine], set[cst.Name]]:
    """`model = self.model`: statements that will say nothing, and the names that stay right.

    A local variable `model` is the parameter `model`, if nothing else is ever put into it.
    """
    idle: set[cst.SimpleStatementLine] = set()
    harmless: set[cst.Name] = set()
    targets: dict[str, set[cst.CSTNode]] = {"model": set(), "tokenizer": set()}
    scope = reading.scope_of(member.node)
    for line in m.findall(member.node.body, m.SimpleStatementLine()):
        if reading.function_around(line) is not member.node:
            continue
        small = cst.ensure_type(line, cst.SimpleStatementLine).body
        pairs = [pair for statement in small for pair in _pairs(statement)]
        held = [(t, v) for t, v in pairs if _is_alias(t, v, member, reading)]
        for target, _ in held:
            targets[cst.ensure_type(target, cst.Name).value].add(target)
        if len(small) == 1 and pairs and len(held) == len(pairs):
            idle.add(cst.ensure_type(line, cst.SimpleStatementLine))
    for which, found in targets.items():
        assigned = {getattr(item, "node", None) for item in scope.assignments[which]}
        if not found or assigned != found:
            continue
        uses = {u for u in reading.uses(which, scope) if isinstance(u, cst.Name)}
        harmless |= {t for t in found if isinstance(t, cst.Name)}
        harmless |= {u for u in uses if not reading.is_changed(u)}
    return idle, harmless


def _is_alias(
    target: cst.BaseExpression, value: cst.BaseExpression, member: Member, reading: Reading
) -> bool:
    return (
        isinstance(target, cst.Name)
        and isinstance(value, cst.Attribute)
        and target.value in ("model", "tokenizer")
        and value.attr.value == target.value
        and value.value in reading.parameter_uses(member.node, member.self_name)
    )


def _pairs(statement: cst.CSTNode) -> list[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """What a plain assignment puts where: `a, b = x, y` gives two pairs."""
    if isinstance(statement, cst.AnnAssign) and statement.value is not None:
        return [(statement.target, statement.value)]
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return []
    target, value = statement.targets[0].target, statement.value
    if isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple):
        if len(target.elements) != len(value.elements):
            return []
        pairs = zip(target.elements, value.elements, strict=True)
        return [(left.value, right.value) for left, right in pairs]
    return [(target, value)]
