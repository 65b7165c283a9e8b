"""Which names a source uses, so that none of ours means two things."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cloche._convert.reading import Reading


def bare_names(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Names that are read or bound as such: no attributes, no keywords of calls."""
    for child in node.children:
        if isinstance(node, cst.Attribute) and child is node.attr:
            continue
        if isinstance(node, cst.Arg) and child is node.keyword:
            continue
        if isinstance(child, cst.Name):
            yield child
        else:
            yield from bare_names(child)


class Names:
    """Hands out names that nothing in the source has."""

    def __init__(self, reading: Reading, own: Collection[cst.Name]) -> None:
        """`own`: the names of members, which are about to go from their class to the top level."""
        skipped = set(own)
        self._taken = {name.value for name in bare_names(reading.module) if name not in skipped}
        self._taken.update(_in_strings(reading))

    def is_free(self, name: str) -> bool:
        return name not in self._taken and not hasattr(builtins, name)

    def fresh(self, *wanted: str) -> str:
        """Takes the first free name of `wanted`, or the last with a number."""
        candidates = [*wanted, *(f"{wanted[-1]}_{number}" for number in range(2, 1000))]
        name = next(name for name in candidates if self.is_free(name))
        self.take(name)
        return name

    def take(self, name: str) -> None:
        self._taken.add(name)


def _in_strings(reading: Reading) -> set[str]:
    """Names inside annotations that are written as text."""
    return {
        name
        for scope in {scope for scope in reading.scopes.values() if scope is not None}
        for access in scope.accesses
        if isinstance(access.node, (cst.SimpleString, cst.ConcatenatedString))
        for name in (access.node.evaluated_value,)
        if isinstance(name, str)
    }


def module_level(reading: Reading) -> set[str]:
    """Names that mean something of the module's or a builtin wherever they are read."""
    found = {assignment.name for assignment in reading.globals.assignments}
    for scope in {scope for scope in reading.scopes.values() if scope is not None}:
        for access in scope.accesses:
            if isinstance(access.node, cst.Name) and (
                not access.referents
                or any(
                    type(referent.scope).__name__ == "BuiltinScope" for referent in access.referents
                )
            ):
                found.add(access.node.value)
    return found


def private(name: str) -> str:
    """`name` with exactly one leading underscore."""
    return "_" + (name.strip("_") if name.startswith("__") else name.lstrip("_"))


def snake_case(name: str) -> str:
    """A function's name for a class's."""
    words = ""
    for index, letter in enumerate(name):
        begins = letter.isupper() and index > 0
        after_lower = begins and not name[index - 1].isupper()
        before_lower = begins and index + 1 < len(name) and name[index + 1].islower()
        words += ("_" if (after_lower or before_lower) and words[-1:] != "_" else "") + letter
    return words.lower()
