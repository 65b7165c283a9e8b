"""Source that came in an answer's Markdown: what stands in its fences counts, in its own lines."""

from __future__ import annotations

import ast
import re
from typing import Final

_FENCE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^`]*$")
_PYTHON: Final = frozenset({"python", "py", "python3"})


def unfenced(source: str) -> str:
    """The code inside the fences of what is not Python itself; the rest as empty lines.

    Where some fences say that they hold Python, the others do not count.
    """
    if "```" not in source and "~~~" not in source:
        return source
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    else:
        return source
    lines = source.split("\n")
    blocks = _blocks(lines)
    named = [block for block in blocks if block[0] in _PYTHON]
    kept = {number for _, start, end in named or blocks for number in range(start, end)}
    if not kept:
        return source
    return "\n".join(line if number in kept else "" for number, line in enumerate(lines))


def _blocks(lines: list[str]) -> list[tuple[str, int, int]]:
    """Each fence's language, its first line and the one after its last."""
    blocks: list[tuple[str, int, int]] = []
    opened: tuple[str, str, int] | None = None
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened = fence[1], fence[2].lower(), number + 1
        elif fence and fence[1].startswith(opened[0]) and not fence[2]:
            blocks.append((opened[1], opened[2], number))
            opened = None
    if opened is not None:  # cut short
        blocks.append((opened[1], opened[2], len(lines)))
    return blocks
