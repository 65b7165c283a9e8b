"""`progress`, for techniques that run without a server too."""

from __future__ import annotations

import sys


def progress(done: float, total: float | None = None, note: str = "") -> None:
    """Says how far a technique has got: `progress(3, 12, "layer 3")`.

    On a server this reaches the caller as a Progress event. Called in a plain Python process it
    writes one line to a terminal, and nothing anywhere else.

    Args:
        done: how much is done, in any unit.
        total: how much there is, in the same unit; None where that is not known.
        note: a short text.
    """
    if not sys.stderr.isatty():
        return
    finished = total is not None and done >= total
    share = f"{done:g}" if total is None else f"{done:g}/{total:g}"
    sys.stderr.write(f"\r\x1b[K{share} {note}" + ("\n" if finished else ""))
    sys.stderr.flush()
