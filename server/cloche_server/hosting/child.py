"""A child of the container's first process: watched, and ended with time to drain."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable


class Child:
    """One process that must not end before it is told to."""

    def __init__(self, process: subprocess.Popen[bytes], *, drain_s: float) -> None:
        """Takes the process over.

        Args:
            drain_s: how long it may take to end once it was told to.
        """
        self.process = process
        self._drain_s = drain_s
        self._stopping = threading.Event()

    def on_end(self, act: Callable[[], None]) -> None:
        """Calls `act`, in a thread, when the process has ended without being told to."""

        def watch() -> None:
            self.process.wait()
            if not self._stopping.is_set():
                act()

        threading.Thread(target=watch, name="child-watch", daemon=True).start()

    def tell(self) -> None:
        """Tells it to stop, and does not wait."""
        self._stopping.set()
        self.process.terminate()

    def stop(self) -> None:
        """Lets it drain, then ends it. Idempotent."""
        if not self._stopping.is_set():
            self.tell()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self._drain_s)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
