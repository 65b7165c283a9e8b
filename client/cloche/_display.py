"""Progress on a terminal or in a notebook; anywhere else, nothing at all."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Self

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

from cloche._text import one_line, printed

if TYPE_CHECKING:
    from types import TracebackType

    from cloche._info import ServerInfo


class _Display:
    """A single line that appears with the first update and leaves nothing behind."""

    def __init__(self, *, enabled: bool) -> None:
        console = Console(stderr=True)
        self._enabled = enabled and (console.is_terminal or console.is_jupyter)
        self._console = console
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def show(self, text: str, done: float | None, total: float | None) -> None:
        """Without a total the bar only shows that something happens."""
        if not self._enabled:
            return
        if self._bar is None or self._task is None:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                console=self._console,
                # A redirected stream stays with its file: the display writes to the terminal only.
                redirect_stdout=self._console.is_jupyter or sys.stdout.isatty(),
                redirect_stderr=self._console.is_jupyter or sys.stderr.isatty(),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(text, total=total)
        self._bar.update(self._task, description=text, total=total, completed=done or 0)


class LoadingDisplay(_Display):
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


class CallDisplay(_Display):
    """What a technique says through progress(). Its note is hostile text: one line, no controls."""

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
    if target.isatty():
        text = printed(text)
    try:
        target.write(text)
    except UnicodeEncodeError:
        encoding = target.encoding or "ascii"
        target.write(text.encode(encoding, "backslashreplace").decode(encoding))
    target.flush()
