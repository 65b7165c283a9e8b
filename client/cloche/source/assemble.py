"""Pieces → one source: what is needed first stands first, otherwise in the order it was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloche.source.files import Origin

# The entry point of a lambda, or of a technique whose bound values travel beside the source.
BOUND_ENTRY = "cloche_entry"
_BOUND_ARGUMENT = "cloche_bound"


@dataclass
class Piece:
    """One statement of the assembled source and what it takes from the others."""

    name: str
    kind: Literal["import", "definition", "value", "bound"]
    # Two pieces of one name are the same thing exactly if their identities are equal.
    identity: object
    where: str
    lines: list[str] = field(default_factory=list)
    origins: list[Origin | None] = field(default_factory=list)
    # (file, line): pieces that need not wait for each other keep this order.
    rank: tuple[int, int] = (0, 0)
    needs_now: set[str] = field(default_factory=set)
    needs_later: set[str] = field(default_factory=set)


def order(pieces: Mapping[str, Piece]) -> list[Piece]:
    """Returns imports, then the rest such that whatever runs at once finds all it can reach."""
    done: dict[str, Piece] = {}
    entered: set[tuple[str, bool]] = set()

    def place(piece: Piece, *, complete: bool) -> None:
        # What is needed at once may be called at once, so it must be complete: all that it calls
        # comes before it too. What is only called later may follow.
        if piece.name in done or (piece.name, complete) in entered:
            return
        entered.add((piece.name, complete))
        wanted = piece.needs_now | (piece.needs_later if complete else set())
        first = [pieces[name] for name in wanted if name in pieces and name != piece.name]
        for other in sorted(first, key=_rank):
            place(other, complete=True)
        done.setdefault(piece.name, piece)

    for piece in sorted(pieces.values(), key=_rank):
        place(piece, complete=False)
    return list(done.values())


def assemble(
    pieces: Mapping[str, Piece], entry: str, *, future: bool, wrapped: bool
) -> tuple[str, tuple[Origin | None, ...]]:
    """Returns the source and, for each of its lines, where that line was written."""
    lines: list[str] = []
    origins: list[Origin | None] = []

    def add(text: list[str], written: list[Origin | None]) -> None:
        lines.extend(text)
        origins.extend(written)

    placed = order(pieces)
    if future:
        gap = [""] if placed[0].kind == "import" else ["", ""]
        add(["from __future__ import annotations", *gap], [None] * (1 + len(gap)))
    before = ""
    for piece in placed:
        if piece.kind == "bound":
            continue
        if lines and lines[-1] and "definition" in (before, piece.kind):
            add(["", ""], [None, None])
        elif lines and lines[-1] and before == "import" and piece.kind == "value":
            add([""], [None])
        add(piece.lines, piece.origins)
        before = piece.kind
    bound = sorted(piece.name for piece in pieces.values() if piece.kind == "bound")
    if wrapped:
        wrapper = ["", "", *_bound_entry(entry, bound)]
        add(wrapper, [None] * len(wrapper))
    return "\n".join(lines) + "\n", tuple(origins)


def _bound_entry(entry: str, names: list[str]) -> list[str]:
    """The function that puts bound values in their places before it calls the technique."""
    # No name of the caller's is a parameter here: `global` would clash with it.
    call = f"    return {entry}(cloche_model, cloche_tokenizer, *cloche_args, **cloche_kwargs)"
    head = "cloche_model, cloche_tokenizer, " + (f"{_BOUND_ARGUMENT}, " if names else "")
    return [
        f"def {BOUND_ENTRY}({head}/, *cloche_args, **cloche_kwargs):",
        *([f"    global {', '.join(names)}"] if names else []),
        *(f"    {name} = {_BOUND_ARGUMENT}[{name!r}]" for name in names),
        call,
    ]


def _rank(piece: Piece) -> tuple[int, tuple[int, int], str]:
    if piece.kind == "import":
        return (0, piece.rank, piece.lines[0])
    return (1, piece.rank, piece.name)
