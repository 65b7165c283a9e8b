"""Log callers: an audit line for each call and check, when it has ended, and for each sandbox
that tried what the kernel wall forbids."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping
from typing import Final, Literal

from cloche.contract.status import Reason

from cloche_server.fitting import natural, one_line
from cloche_server.identity.caller import ANYBODY, Caller
from cloche_server.record.recorder import Recorder
from cloche_server.refusal import Refusal

_log = logging.getLogger("cloche.audit")
_grpc_log = logging.getLogger("grpc._cython.cygrpc")


# By how a call ended; all else is what callers' own code does, and no concern of an operator's.
_LEVELS: Final = {
    Reason.TIMEOUT: logging.WARNING,
    Reason.MEMORY_LIMIT: logging.WARNING,
    Reason.BUSY: logging.WARNING,
    Reason.NOT_READY: logging.WARNING,
    Reason.SANDBOX_DIED: logging.WARNING,
    Reason.CANCELLED: logging.WARNING,
    Reason.MODEL_PROCESS_DIED: logging.ERROR,
}


_NO_TRACE: Final[Mapping[str, str]] = {}


class Record:
    """Of one call, from its arrival on; `digest` is its source's, `caller` the connection's other
    end as gRPC names it, `who` whom its token is for.

    One line is written of it: for people, and with `fields` for programs (`cloche_server/logs.py`).
    """

    def __init__(
        self,
        verb: Literal["call", "check"],
        digest: bytes,
        *,
        caller: str,
        who: Caller = ANYBODY,
        recorder: Recorder | None = None,
        trace_headers: Mapping[str, str] = _NO_TRACE,
        model: str = "",
        entry_point: str = "",
        arguments_bytes: int = 0,
    ) -> None:
        self.call_id = uuid.uuid4().hex[:12]
        self._who = who
        self._recorder = recorder
        self._trace_headers = trace_headers
        self._started = time.monotonic()
        self._begun: float | None = None
        self._written = False
        self._fields: dict[str, str | int | float] = {
            "verb": verb,
            "call_id": self.call_id,
            "caller": one_line(caller),
            "tenant": who.tenant,
            "token": who.token_id,
            "source": digest.hex()[:16],
            "model": one_line(model),
            "entry_point": one_line(entry_point),
            "arguments_bytes": arguments_bytes,
        }
        if recorder is not None:
            recorder.begun(who, self._fields, sha256=digest.hex())

    def begins(self) -> None:
        """It has waited for its turn."""
        self._begun = time.monotonic()

    def used(self, **fields: int | float) -> None:
        """Adds what the call took."""
        self._fields.update(fields)

    def refused(self, refusal: Refusal) -> None:
        """Closes it with the reason; the language wall's with the first thing that it refused."""
        if refusal.diagnostics:
            first = refusal.diagnostics[0]
            self._fields["refused"] = one_line(first.code)
            self._fields["refused_line"] = natural(first.line)
            # The wall's sentence, which quotes the name.
            self._fields["refused_what"] = one_line(first.message)
        self._write(refusal.reason, _LEVELS.get(refusal.reason, logging.INFO))

    def close(self, outcome: str) -> None:
        """Writes the line. Idempotent: how it ended first is how it ended."""
        self._write(outcome, logging.INFO)

    def _write(self, outcome: str, level: int) -> None:
        if self._written:
            return
        self._written = True
        now = time.monotonic()
        # An outcome may hold the name that a technique gave to its exception.
        fields = self._fields | {"outcome": one_line(outcome), "seconds": now - self._started}
        if self._begun is not None:
            fields["queued_s"] = self._begun - self._started
        if self._recorder is not None:
            self._recorder.ended(self._who, fields, self._trace_headers)
        told = (f"{name}={_shown(value)}" for name, value in fields.items() if value != "")
        _log.log(level, "%s", " ".join(told), extra={"fields": fields})


def _shown(value: str | int | float) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    # Quoted where a space would make two fields of it.
    if not isinstance(value, str):
        return str(value)
    quoted = value.replace('"', "'")
    return f'"{quoted}"' if " " in quoted else quoted


def session(event: Literal["opened", "ended"], number: int, *, tenant: str, caller: str) -> None:
    """Of session `number`: its handle is a secret, and in no log.

    Args:
        tenant: whose it is; empty: `caller`'s, a connection.
    """
    fields: dict[str, str | int] = {
        "verb": "session",
        "session": number,
        "outcome": event,
        "caller": "" if tenant else one_line(caller),
        "tenant": one_line(tenant),
    }
    told = " ".join(f"{name}={_shown(value)}" for name, value in fields.items() if value != "")
    _log.info("%s", told, extra={"fields": fields})


def forbidden_call(sandbox: int, name: str) -> None:
    """Of sandbox `sandbox`, which is killed for the system call."""
    _log.warning("sandbox %d killed: forbidden system call %s", sandbox, name)


def weights(*, intact: bool, detail: str) -> None:
    """Of a look at the weights. Where they have changed, what was answered since the last good look
    is in doubt."""
    if intact:
        _log.info("weights audited: %s", detail)
    else:
        _log.error("WEIGHTS CHANGED: %s; results since the last good audit are in doubt", detail)


def ignore_hang_ups() -> None:
    """A caller that leaves while something is sent to it is no failure of the server's: gRPC would
    log a traceback for each, and so let callers fill the log.
    """
    _grpc_log.addFilter(_is_no_hang_up)


def _is_no_hang_up(record: logging.LogRecord) -> bool:
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != "ExecuteBatchError"
