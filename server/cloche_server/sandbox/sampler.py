"""Report now and then which of the technique's lines runs: a call that is killed cannot say so."""

from __future__ import annotations

import _thread
import sys
import time
from typing import Final

from cloche_server.ipc import job
from cloche_server.sandbox.channel import Channel
from cloche_server.sandbox.frames import innermost_line

_SHORTEST_S: Final = 0.05


class Sampler:
    """Looks from a thread of its own, which is started before the call and costs it nothing.

    Made on the thread that will run the technique.
    """

    def __init__(self, channel: Channel, filename: str) -> None:
        self._channel = channel
        self._filename = filename
        self._thread = _thread.get_ident()
        self._interval_s = 0.0
        self._over = False
        self._ending = _thread.allocate_lock()
        self._begun = _thread.allocate_lock()
        self._begun.acquire()
        _thread.start_new_thread(self._look, ())

    def begin(self, timeout_s: float) -> None:
        self._interval_s = max(_SHORTEST_S, timeout_s / job.MOST_SAMPLES)
        self._begun.release()

    def end(self) -> None:
        """Returns when nothing more is said of the call."""
        with self._ending:
            self._over = True

    def _look(self) -> None:
        self._begun.acquire()
        reported = 0
        for _ in range(job.MOST_SAMPLES):
            time.sleep(self._interval_s)
            line = self._line()
            with self._ending:
                if self._over:
                    return
                if line and line != reported:
                    reported = line
                    try:
                        self._channel.send(job.At(line))
                    except OSError:
                        return  # the front has gone

    def _line(self) -> int:
        """Of the technique's innermost frame; 0 where it has none now."""
        return innermost_line(sys._current_frames().get(self._thread), self._filename)
