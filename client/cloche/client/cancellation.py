"""Ending calls from another thread than the one that reads them."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from cloche.contract.errors import CallCancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc


class Cancellation:
    """Ends the calls that run under it, and any that would begin after that."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._calls: set[grpc.Call] = set()

    def cancel(self) -> None:
        with self._lock:
            self._cancelled.set()
            calls = tuple(self._calls)
        for call in calls:
            call.cancel()

    @contextlib.contextmanager
    def running(self, call: grpc.Call) -> Iterator[None]:
        """The call ends with the block, however that is left: the server stops too."""
        with self._lock:
            self._calls.add(call)
        try:
            self.check()
            yield
        finally:
            call.cancel()
            with self._lock:
                self._calls.discard(call)

    def check(self) -> None:
        """Raises CallCancelledError after `cancel`."""
        if self._cancelled.is_set():
            raise CallCancelledError("the call was cancelled")

    def sleep(self, seconds: float) -> None:
        """Raises CallCancelledError as soon as `cancel` is called."""
        self._cancelled.wait(seconds)
        self.check()
