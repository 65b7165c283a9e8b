"""What a mutation of the language wall is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Removal:
    """One rule, and what takes its place; None stands for the rule's own default."""

    rule: str
    instead: Any = None


@dataclass(frozen=True)
class Mutation:
    """A wall without one rule. At least one of `attacks` must then escape.

    along: what is removed as well, because it overlaps: the wall is two deep there. With that
    alone gone none of the attacks may escape, so it is the rule that holds them.
    """

    rule: str
    attacks: tuple[str, ...]
    instead: Any = None
    along: tuple[Removal, ...] = ()

    @property
    def removal(self) -> Removal:
        return Removal(self.rule, self.instead)


def each(
    rules: Iterable[str], attacks: tuple[str, ...], along: tuple[Removal, ...] = ()
) -> tuple[Mutation, ...]:
    """The same mutation of several rules."""
    return tuple(Mutation(rule, attacks, along=along) for rule in rules)
