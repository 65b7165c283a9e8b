"""What the front logs of callers: an audit line for each call and check, when it has ended, and for
each sandbox that tried what the kernel wall forbids."""

from __future__ import annotations

import logging
import time
import uuid
from typing import Literal

from cloche_server.front.text import one_line

_log = logging.getLogger("cloche.audit")
_grpc_log = logging.getLogger("grpc._cython.cygrpc")


class Record:
    """Of one call, from its arrival on; `digest` is its source's."""

    def __init__(self, verb: Literal["call", "check"], digest: bytes) -> None:
        self.call_id = uuid.uuid4().hex[:12]
        self._verb = verb
        self._digest = digest.hex()[:16]
        self._started = time.monotonic()
        self._written = False

    def close(self, outcome: str) -> None:
        """Writes the line. Again: nothing happens; how it ended first is how it ended."""
        if not self._written:
            self._written = True
            seconds = time.monotonic() - self._started
            # An outcome may hold the name that a technique gave to its exception.
            shown = one_line(outcome)
            _log.info(
                "%s %s source %s %s in %.3f s",
                self._verb, self.call_id, self._digest, shown, seconds,
            )  # fmt: skip


def forbidden_call(sandbox: int, name: str) -> None:
    """Of sandbox `sandbox`, which is killed for the system call."""
    _log.warning("sandbox %d killed: forbidden system call %s", sandbox, name)


def ignore_hang_ups() -> None:
    """A caller that leaves while something is sent to it is no failure of the server's: gRPC would
    log a traceback for each, and so let callers fill the log.
    """
    _grpc_log.addFilter(_is_no_hang_up)


def _is_no_hang_up(record: logging.LogRecord) -> bool:
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != "ExecuteBatchError"
