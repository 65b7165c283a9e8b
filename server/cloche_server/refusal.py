"""Refuse a call: one exception, which the front turns into a gRPC status (`front/refusal.py`).

A status travels in trailers, and a receiver takes 8 KiB of those: more, and the caller is told
about trailers instead of being told no. So every part has its most, in bytes as they travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cloche.contract.reason import Reason

from cloche_server.fitting import fit, fit_header, natural
from cloche_server.ipc import job

# The message travels twice: once by itself, and in the details, which take a third more than their
# bytes. With all details at their most and what gRPC adds it comes to less than 7.9 KB.
_MESSAGE_BYTES: Final = 1400
_FIELD_BYTES: Final = 100


class Refusal(Exception):
    """The call gets no outcome. `reason` decides the status code (cloche.contract.status.STATUS).

    Args:
        more: how many diagnostics there are beyond those given.
        quota: whose, and how much, where that is why.
        line: of the source that was sent, where the message names it as "line N".
        session_ended: the session that it was for is there no more.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        field: str = "",
        diagnostics: Sequence[job.DiagnosticFact] = (),
        more: int = 0,
        retry_after_s: float = 0.0,
        line: int = 0,
        quota: str = "",
        session_ended: bool = False,
    ) -> None:
        self.session_ended = session_ended
        self.reason = reason
        self.quota = fit(quota, _FIELD_BYTES)
        self.field = fit(field, _FIELD_BYTES)
        self.diagnostics = tuple(diagnostics)
        self.more = more
        self.retry_after_s = retry_after_s
        self.line = natural(line)
        super().__init__(fit_header(message, _MESSAGE_BYTES))
