"""End calls whose server has fallen silent: frozen, cut off, or past the call's own limit.

A server ends a call at its limit and answers questions while calls run. One that does neither
would otherwise be waited for as long as the connection lives.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cloche.client.messages import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Before a call is accepted, which may take long in a queue: how long until the server is asked
# whether it is there.
PROBE_AFTER_S: Final = 5.0
# Past its limit, a call's last word may be on its way for so long.
MARGIN_S: Final = 10.0
# No honest queue is as long.
QUEUE_S: Final = 3600.0
# A result that comes slower is not worth waiting for: servers want more of a caller.
SLOWEST_BYTES_PER_S: Final = 1 << 16
_LOOK_S: Final = 0.25
# A thread that has nothing to look at waits so long for the next call.
_IDLE_S: Final = 5.0


@dataclass(eq=False)
class Watched:
    """One call; only the time in which its reader waits for a message counts."""

    call: Any
    # What else the server may wait for, such as arguments that are uploaded.
    extra_s: float
    limit_s: float | None = None
    verdict: str = ""
    _began: float = field(default_factory=time.monotonic)
    _accepted_at: float = 0.0
    # Waited in all since the call was accepted, and what came meanwhile.
    _waited_s: float = 0.0
    _received_bytes: int = 0
    _since: float = math.inf
    _due: float = field(default=math.inf)
    #: What is due is an end to a little now and then, and not to silence.
    is_drawn_out: bool = False

    def accepted(self, limit_s: float) -> None:
        """The server has the call, and gives it so long."""
        self.limit_s = limit_s
        self._accepted_at = time.monotonic()
        self._waited_s = 0.0

    def messages(self) -> Iterator[Any]:
        """Those of the call."""
        messages = iter(self.call)
        while True:
            self._wait()
            try:
                message = next(messages)
            except StopIteration:
                return
            finally:
                self._due = math.inf
                self._waited_s += time.monotonic() - self._since
            if isinstance(message, Piece):
                self._received_bytes += len(message.data)
            yield message

    def silent_s(self) -> float | None:
        """How long nothing has come, once that is too long."""
        now = time.monotonic()
        return now - self._since if now > self._due else None

    def waits_too_long(self) -> bool:
        """Whether it should have been accepted long ago."""
        return time.monotonic() - self._began > QUEUE_S + self.extra_s

    def go_on(self) -> None:
        """The server has shown otherwise that it is there."""
        if self._due != math.inf:
            self._due = time.monotonic() + PROBE_AFTER_S

    def give_up(self, verdict: str) -> None:
        self.verdict = verdict
        self.call.cancel()

    def _wait(self) -> None:
        now = self._since = time.monotonic()
        if self.limit_s is None:
            # A heartbeat says that the server is there, not that the call will ever begin.
            self._due = min(now + PROBE_AFTER_S, self._began + QUEUE_S + self.extra_s)
        else:
            left_s = max(0.0, self._accepted_at + self.limit_s - now)
            self._due = now + left_s + self.extra_s + MARGIN_S
            # Whoever keeps a caller waiting with a little now and then has an end too.
            most_s = self.limit_s + self.extra_s + MARGIN_S
            most_s += MARGIN_S + self._received_bytes / SLOWEST_BYTES_PER_S
            drawn_out = now + max(0.0, most_s - self._waited_s)
            self.is_drawn_out = drawn_out < self._due
            self._due = min(self._due, drawn_out)


class Watchdog:
    """Looks at all calls of one connection, from a thread that runs while there are any."""

    def __init__(self, address: str, answers: Callable[[], bool]) -> None:
        """Args: answers: asks the server something that it answers at once, or returns False."""
        self._address = address
        self._answers = answers
        self._lock = threading.Lock()
        self._calls: set[Watched] = set()
        self._thread: threading.Thread | None = None
        self._changed = threading.Event()

    @contextlib.contextmanager
    def over(self, call: Any, *, extra_s: float = 0.0) -> Iterator[Watched]:
        watched = Watched(call, extra_s)
        with self._lock:
            self._calls.add(watched)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._look, name="cloche-watchdog", daemon=True
                )
                self._thread.start()
            self._changed.set()
        try:
            yield watched
        finally:
            with self._lock:
                self._calls.discard(watched)

    def _look(self) -> None:
        while True:
            with self._lock:
                calls = tuple(self._calls)
            if not calls:
                self._changed.clear()
                self._changed.wait(_IDLE_S)
                with self._lock:
                    if not self._calls:
                        self._thread = None
                        return
                continue
            for watched in calls:
                silent_s = watched.silent_s()
                if silent_s is not None:
                    self._judge(watched, silent_s)
            time.sleep(_LOOK_S)

    def _judge(self, watched: Watched, silent_s: float) -> None:
        if watched.limit_s is not None and watched.is_drawn_out:
            watched.give_up(
                f"the server at {self._address} goes on with the call long after its limit of "
                f"{watched.limit_s:g} s; the call was given up here"
            )
        elif watched.limit_s is not None:
            watched.give_up(
                f"nothing came from the server at {self._address} for {silent_s:.0f} s, and the "
                f"call's limit of {watched.limit_s:g} s is past: the server is frozen or cut off; "
                "the call was given up here"
            )
        elif watched.waits_too_long():
            watched.give_up(
                f"the server at {self._address} answers, but has not begun the call for "
                f"{QUEUE_S:g} s; the call was given up here"
            )
        elif self._answers():
            watched.go_on()
        else:
            watched.give_up(
                f"the server at {self._address} took the connection, but has not answered for "
                f"{silent_s:.0f} s: it is frozen, overloaded or cut off; the call was given up here"
            )
