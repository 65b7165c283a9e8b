"""Progress on a terminal or in a notebook; anywhere else, nothing at all."""

from __future__ import annotations

import math
import sys
import threading
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from cloche.contract.text import one_line, printed, visible

if TYPE_CHECKING:
    from types import TracebackType

    from cloche.client.info import ServerInfo


class Screen:
    """Lines of progress, one for each thing that runs; they appear with the first update, and
    leave nothing behind. Several threads may show theirs at once.
    """

    def __init__(self, *, enabled: bool) -> None:
        console = Console(stderr=True)
        self._enabled = enabled and (console.is_terminal or console.is_jupyter)
        self._console = console
        self._lock = threading.Lock()
        self._bars: Progress | None = None

    def show(
        self, line: TaskID | None, text: str, done: float | None, total: float | None
    ) -> TaskID | None:
        """Returns the line to pass again; without a total it only shows that something happens."""
        if not self._enabled:
            return None
        with self._lock:
            if self._bars is None:
                self._bars = Progress(
                    SpinnerColumn(),
                    TextColumn("{task.description}", markup=False),
                    BarColumn(),
                    TaskProgressColumn(),
                    TimeElapsedColumn(),
                    console=self._console,
                    # A redirected stream stays with its file: the lines go to the terminal only.
                    redirect_stdout=self._console.is_jupyter or sys.stdout.isatty(),
                    redirect_stderr=self._console.is_jupyter or sys.stderr.isatty(),
                    transient=True,
                )
                self._bars.start()
            if line is None:
                line = self._bars.add_task(text, total=total)
            self._bars.update(line, description=text, total=total, completed=done or 0)
            return line

    def remove(self, line: TaskID | None) -> None:
        with self._lock:
            if line is None or self._bars is None:
                return
            self._bars.remove_task(line)
            if not self._bars.tasks:
                self._bars.stop()
                self._bars = None


class _Line:
    """One line of a screen, as long as the `with` block."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._line: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._screen.remove(self._line)

    def show(self, text: str, done: float | None, total: float | None) -> None:
        self._line = self._screen.show(self._line, text, done, total)


class LoadingDisplay(_Line):
    """A server that is getting ready."""

    def waiting(self, stage: str) -> None:
        """Nobody answers yet; `stage` is what is known."""
        self.show(one_line(stage, 72), None, None)

    def update(self, info: ServerInfo) -> None:
        if info.state == "ready":
            return
        text = one_line(info.state_detail, 60) or info.state
        fraction = _number(info.state_fraction)
        self.show(text, fraction, None if fraction is None else 1.0)


class CallDisplay(_Line):
    """What a technique says through progress(). Its note is hostile text: one line, no controls."""

    def waiting(self, ahead: int, expected_s: float) -> None:
        """The call has no slot yet."""
        calls = "1 call" if ahead == 1 else f"{ahead} calls"
        self.show(f"waiting: {calls} ahead, about {expected_s:.0f} s", None, None)

    def update(self, done: float, total: float | None, note: str) -> None:
        self.show(one_line(note, 60) or "running", _number(done), _number(total))


def _number(value: float | None) -> float | None:
    """What a bar can show: a technique may claim any number."""
    return None if value is None or not math.isfinite(value) or value < 0 else value


def write_output(stream: str, text: str) -> None:
    """Prints what a technique printed where the caller would have seen it.

    A terminal gets colours and rewritten lines; other control sequences are shown as escapes, for
    a model, or a server, may have written them. A file, a pipe or a notebook gets the text as is.
    """
    # Looked up at each call: notebooks, pytest and the display above put their own in place.
    target = sys.stderr if stream == "stderr" else sys.stdout
    _write(target, printed(text) if target.isatty() else text)


def write_log(level: str, text: str) -> None:
    """Shows on stderr what a library logged: one line, with what it is."""
    _write(sys.stderr, f"{level}: {visible(' '.join(text.split()))}\n")


def _write(target: TextIO, text: str) -> None:
    """Characters that the stream's encoding lacks are written as escapes."""
    try:
        target.write(text)
    except UnicodeEncodeError:
        encoding = target.encoding or "ascii"
        target.write(text.encode(encoding, "backslashreplace").decode(encoding))
    target.flush()
