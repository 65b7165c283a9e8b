"""Keeps every call's limits on time and memory, from a thread that no request can hold up.

The loop serves callers, and what it does for one of them takes as long as it takes. Limits are kept
here: the thread looks at each sandbox fifty times a second, and has the zygote kill it by itself.
Only what to tell the caller is left to the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sys
import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Final

from cloche_server.front.memory import MemoryMeter

_log = logging.getLogger(__name__)

_POLL_S: Final = 0.02
# Where asking is expensive (gVisor), the watch rests for this many times what it took.
_REST: Final = 5.0
# The interpreter lets another thread run after this long; the default is five times as much.
_SWITCH_S: Final = 0.001


class Breach(Enum):
    """Why a sandbox was killed."""

    TIME = "time"
    MEMORY = "memory"
    # It computed on after its technique had returned.
    CPU = "cpu"
    # Its memory could not be read any more.
    UNSEEN = "unseen"


class Watched:
    """One sandbox that runs a call. The loop sets the limits, the thread keeps them."""

    def __init__(
        self,
        meter: MemoryMeter,
        *,
        memory_bytes: int,
        kill: Callable[[], None],
        on_breach: Callable[[Breach], None],
    ) -> None:
        self._meter = meter
        self._memory_bytes = memory_bytes
        self._kill = kill
        self._on_breach = on_breach
        self._loop = asyncio.get_running_loop()
        self.memory_peak_bytes = 0
        # On the clock of time.monotonic, which no change of the machine's time moves.
        self.deadline = math.inf
        self.cpu_deadline_s = math.inf
        self.breach: Breach | None = None
        self._ended = False
        self._lock = threading.Lock()

    def cpu_s(self) -> float:
        """Processor time of the whole sandbox so far; 0 where the kernel does not say."""
        return self._meter.cpu_s()

    def end(self) -> None:
        """Returns when the thread does not look at it any more. Idempotent."""
        with self._lock:
            self._ended = True

    def measure(self) -> None:
        """Takes one more sample, when the call has answered."""
        with self._lock, contextlib.suppress(OSError):
            grown = None if self._ended else self._meter.grown_bytes()
            self.memory_peak_bytes = max(self.memory_peak_bytes, grown or 0)

    def hold_at(self, more_bytes: int) -> int:
        """Lowers the limit on memory to what there is now and so much more; returns the limit."""
        self.measure()
        with self._lock:
            self._memory_bytes = min(self._memory_bytes, self.memory_peak_bytes + more_bytes)
            return self._memory_bytes

    def look(self) -> None:
        """In the thread: kills what goes beyond its limits, once."""
        with self._lock:
            if not self._ended:
                self._look()

    def _look(self) -> None:
        try:
            grown = self._meter.grown_bytes()
        except OSError as error:
            _log.error("a sandbox's memory cannot be watched: %s", error)
            self._end(Breach.UNSEEN)
            return
        if grown is None:
            # Its first thread has ended, or all have. What it has said already is still heard.
            self._end(None)
            return
        self.memory_peak_bytes = max(self.memory_peak_bytes, grown)
        if grown > self._memory_bytes:
            self._end(Breach.MEMORY)
        elif time.monotonic() > self.deadline:
            self._end(Breach.TIME)
        elif self.cpu_deadline_s < math.inf and self.cpu_s() > self.cpu_deadline_s:
            self._end(Breach.CPU)

    def _end(self, breach: Breach | None) -> None:
        self._ended = True
        self.breach = breach
        self._kill()
        if breach is not None:
            with contextlib.suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._on_breach, breach)


class Watch:
    """The thread; `close` ends it."""

    def __init__(self) -> None:
        self._watched: set[Watched] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = False
        sys.setswitchinterval(_SWITCH_S)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def add(self, watched: Watched) -> None:
        with self._lock:
            self._watched.add(watched)
        self._wake.set()

    def remove(self, watched: Watched) -> None:
        """Returns when the thread does not look at it any more. Idempotent."""
        with self._lock:
            self._watched.discard(watched)
        watched.end()

    def close(self) -> None:
        """Idempotent."""
        self._stop = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop:
            with self._lock:
                watched = tuple(self._watched)
                if not watched:
                    self._wake.clear()
            if not watched:
                self._wake.wait()
                continue
            began = time.thread_time()
            for each in watched:
                try:
                    each.look()
                except Exception:  # noqa: BLE001  # the others' limits are kept all the same
                    _log.exception("a sandbox could not be looked at")
            time.sleep(max(_POLL_S, _REST * (time.thread_time() - began)))
