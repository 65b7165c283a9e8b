"""Changes to what stays behind: a technique changes a copy, and its caller would never see it."""

from __future__ import annotations

import ast
import collections
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloche.contract.errors import SourceError

if TYPE_CHECKING:
    from cloche.source.context import Context

_GROWS = frozenset({"append", "extend", "insert", "appendleft", "extendleft"})
_CHANGES = _GROWS | frozenset(
    {"add", "update", "setdefault", "pop", "popitem", "clear", "remove", "discard", "subtract"}
)
_CONTAINERS = (list, dict, set, collections.deque)


@dataclass(frozen=True)
class _Change:
    piece: str
    how: str
    kind: str
    user: str
    line: int
    grows: bool


class Changes:
    """What the pieces change outside themselves, and what they read. By name."""

    def __init__(self) -> None:
        self.made: dict[str, _Change] = {}
        self.read: set[str] = set()

    def note(self, piece: str, text: str, context: Context, names: set[str], line: int) -> None:
        """Takes down what a snippet does to the outside `names` that hold containers.

        Args:
            piece: what the snippet defines.
            line: where its first line stands in its file.
        """
        held = {
            name: value
            for name in names
            if isinstance(value := context.lookup(name)[0], _CONTAINERS)
        }
        if not held:
            return
        changing: dict[int, tuple[str, int]] = {}
        tree = ast.parse(text)
        for node in ast.walk(tree):
            match node:
                case ast.Expr(
                    value=ast.Call(func=ast.Attribute(value=ast.Name() as name, attr=how))
                ):
                    if how in _CHANGES:
                        changing[id(name)] = how, node.lineno
                case ast.Subscript(value=ast.Name() as name, ctx=ast.Store() | ast.Del()):
                    changing[id(name)] = "[...] =", node.lineno
        for node in ast.walk(tree):
            if not isinstance(node, ast.Name) or node.id not in held:
                continue
            found = changing.get(id(node))
            if found is None:
                self.read.add(node.id)
            else:
                how, at = found
                kind = type(held[node.id]).__name__
                where = context.user.partition(" (")[0]
                grows = how in _GROWS
                change = _Change(
                    piece, how, kind, f"{where} ({context.file.label}:{line + at - 1})", at, grows
                )
                self.made.setdefault(node.id, change)


def refuse_lost_changes(changes: Changes, at_once: set[str]) -> None:
    """Raises SourceError where a caller would wait for a change in vain.

    A list that grows is meant to be read afterwards; so is what is written and never read. What is
    written and read in the call may be a memory of its own.

    Args:
        at_once: pieces that definitions use while they run: a decorator's registry is made again.
    """
    for name, change in changes.made.items():
        if change.piece in at_once or (not change.grows and name in changes.read):
            continue
        does = f"{name}.{change.how}(...)" if change.how in _CHANGES else f"{name}{change.how}"
        raise SourceError(
            f"{change.user} changes {name!r}, a {change.kind} outside of it ({does}): a technique "
            f"runs on the server on a copy, and the change would be lost; make the {change.kind} "
            "inside the function and return it"
        )
