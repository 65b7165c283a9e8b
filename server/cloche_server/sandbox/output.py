"""Send what a technique prints and reports, within the limit."""

from __future__ import annotations

import io
import sys
from typing import Literal

from cloche_server.ipc import job
from cloche_server.sandbox.channel import Channel
from cloche_server.sandbox.frames import innermost_line

_PIECE = 1 << 15
_NOTE = 1 << 12


class OutputLimitReached(BaseException):
    """Ends a technique that printed too much; no `except Exception` of the technique stops it."""


class Output:
    """Counts what goes out, and refuses what is over the limit from then on.

    It exists before the call, whose limit it is told with `open`; until then nothing may go out.

    Args:
        filename: what the technique's code is called; in a session each call's has its own.
    """

    def __init__(self, channel: Channel, filename: str) -> None:
        self._channel = channel
        self.filename = filename
        self._left = 0
        self.max_bytes = 0
        self.exceeded = False
        # Of the technique, where it first was; 0 where that is not known.
        self.exceeded_line = 0

    def open(self, max_bytes: int) -> None:
        self._left = self.max_bytes = max_bytes
        self.exceeded = False
        self.exceeded_line = 0

    def write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        """Raises OutputLimitReached, each time again."""
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            self._take(len(piece.encode("utf-8", "replace")))
            safe = piece.encode("utf-8", "replace").decode()  # lone surrogates do not travel
            self._channel.send(job.Printed(stream, safe))

    def progress(self, done: float, total: float | None = None, note: str = "") -> None:
        """Raises OutputLimitReached: reports count as output, a million of them too."""
        whole = None if total is None else float(total)
        text = str(note)[:_NOTE].encode("utf-8", "replace")
        self._take(job.PROGRESS_BYTES + len(text))
        self._channel.send(job.Progressed(float(done), whole, text.decode()))

    def _take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            if not self.exceeded:
                self.exceeded = True
                self.exceeded_line = innermost_line(sys._getframe(), self.filename)
            raise OutputLimitReached(f"more than {self.max_bytes} bytes of output")


class TextStream(io.TextIOBase):
    """sys.stdout or sys.stderr of a sandbox: what libraries print goes the same way."""

    def __init__(self, output: Output, stream: Literal["stdout", "stderr"]) -> None:
        self._output = output
        self._stream: Literal["stdout", "stderr"] = stream

    def write(self, text: str) -> int:
        self._output.write(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        return True
