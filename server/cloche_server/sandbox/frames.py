"""Find which of the technique's lines a thread is in."""

from __future__ import annotations

from types import FrameType


def innermost_line(frame: FrameType | None, filename: str) -> int:
    """Of the code called `filename`, from `frame` outwards; 0 where none of it is running."""
    while frame is not None:
        if frame.f_code.co_filename == filename:
            return frame.f_lineno or 0
        frame = frame.f_back
    return 0
