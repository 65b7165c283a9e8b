"""Write the tables as a page of the documentation, which its site is built with.

What is allowed and what is refused of one library stand side by side, each with its reason.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

from .tables.peft import ALL_ROWS
from .tables.refused import REFUSALS
from .tables.rows import Allow, Refusal, Refused, RefusedPattern, Row, Settable, Wraps, Written

_HEAD: Final = """# What technique code may touch, name by name

Written from the tables in `server/cloche_server/walls/language/tables/` when this site was built.
What no row allows is refused, whether or not a row refuses it. [The language wall](../policy.md)
says how the tables are read; `cloche explain NAME` answers for one name.
"""
#: What a row says beside its names and its reason, in the words of rows.py.
_NOTES: Final = {
    "pure": "takes no callable",
    "adapted": "a stand-in",
    "makes": "returns a judged function",
    "arrays": "bounded, no arrays of objects",
    "tensors": "bounded counts",
    "as_type": "for isinstance and annotations only",
    "caught": "to be caught only",
    "optional": "where the release has it",
    "held": "may be handed out",
    "data": "its public data may be read",
    "called": "may be called",
    "items": "items may be set",
    "keys": "items may be set, under keys that are looked at",
}
_AREAS: Final = ("builtins", "torch", "numpy", "transformers", "peft", "cloche")


def page() -> str:
    """Returns the page as Markdown."""
    rows: list[Row | Refusal] = [*ALL_ROWS, *REFUSALS]
    parts = [_HEAD]
    for area in sorted({_area(row) for row in rows}, key=_order):
        parts.append(f"\n## {area}\n")
        of_area = [row for row in rows if _area(row) == area]
        for of in sorted({row.of for row in of_area}):
            parts += _section(of, [row for row in of_area if row.of == of])
    return "\n".join(parts)


def _area(row: Row | Refusal) -> str:
    root = row.of.partition(":")[0].partition(".")[0]
    if root == "cloche_server":
        return "cloche"
    return "Python's library" if root in sys.stdlib_module_names and root != "builtins" else root


def _order(area: str) -> tuple[int, str]:
    return (_AREAS.index(area) if area in _AREAS else len(_AREAS), area)


def _section(of: str, rows: Iterable[Row | Refusal]) -> Iterator[str]:
    yield f"### `{of}`\n"
    yield "| | names | why | |\n|---|---|---|---|"
    for row in rows:
        verdict = "refused" if isinstance(row, (Refused, RefusedPattern)) else _verdict(row)
        yield f"| {verdict} | {_names(row)} | {_cell(row.why)} | {_cell(_note(row))} |"
    yield ""


def _verdict(row: Row | Refusal) -> str:
    kinds = {"Allow": "allowed", "Written": "written here", "Settable": "may be set"}
    return kinds.get(type(row).__name__, type(row).__name__.lower())


def _names(row: Row | Refusal) -> str:
    names = row.member if isinstance(row, Wraps) else getattr(row, "names", "")
    return " ".join(f"`{_cell(name)}`" for name in names.split())


def _note(row: Row | Refusal) -> str:
    notes = [text for name, text in _NOTES.items() if getattr(row, name, False) is True]
    if isinstance(row, Settable):
        notes.append(f"check: {row.check}")
    if isinstance(row, Written):
        notes.append(f"`written/{row.source}.py`")
    if isinstance(row, (Refused, RefusedPattern)) and row.instead:
        notes.append(f"instead: {row.instead}")
    if isinstance(row, Allow) and not notes:
        notes.append("what it is given to call is judged")
    return "; ".join(notes)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
