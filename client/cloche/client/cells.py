"""Cells: statements as one types them, as the technique that a session runs for them.

Statements stand at the top level of the source, so that what they bind stays in the session. The
value of a last expression is kept as `_`, and the technique's function returns it.
"""

from __future__ import annotations

import ast
from typing import Final

#: The function that a cell's source defines last.
ENTRY: Final = "cell"
#: The first call of a session of cells, after which they may speak of `model` and `tokenizer`.
PREAMBLE: Final = """
def begin(loaded_model, loaded_tokenizer):
    global model, tokenizer, _
    model, tokenizer, _ = loaded_model, loaded_tokenizer, None
"""


def technique(cell: str, *, as_text: bool) -> str:
    """The source that runs `cell`; its lines are the cell's.

    Args:
        as_text: return the value's repr, and None for None; else the value itself.

    Raises:
        SyntaxError: the cell is no Python.
    """
    tree = ast.parse(cell)
    lines = cell.splitlines(keepends=True)
    shown = "None if _ is None else repr(_)" if as_text else "_"
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        _keep_value(lines, tree.body[-1])
    else:
        shown = "None"
    end = "" if not lines or lines[-1].endswith("\n") else "\n"
    # Under other names than `model` and `tokenizer`, which are the session's.
    return (
        f"{''.join(lines)}{end}\ndef {ENTRY}(loaded_model, loaded_tokenizer):\n    return {shown}\n"
    )


def _keep_value(lines: list[str], expression: ast.Expr) -> None:
    """Makes the expression an assignment, where it stands."""
    assert expression.end_lineno is not None  # noqa: S101  # parsed, not made
    assert expression.end_col_offset is not None  # noqa: S101
    # From the end: what is put in moves what comes after it. Offsets count bytes.
    last = lines[expression.end_lineno - 1].encode()
    at = expression.end_col_offset
    lines[expression.end_lineno - 1] = (last[:at] + b")" + last[at:]).decode()
    first = lines[expression.lineno - 1].encode()
    at = expression.col_offset
    lines[expression.lineno - 1] = (first[:at] + b"_ = (" + first[at:]).decode()
