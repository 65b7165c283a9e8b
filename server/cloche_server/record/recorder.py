"""Keep what goes beyond each call's line in the server's log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from cloche.contract.status import Reason

from cloche_server.identity.caller import Caller
from cloche_server.identity.spending import Spending
from cloche_server.record.audit_log import AuditLog
from cloche_server.record.load import Load
from cloche_server.refusal import Refusal

if TYPE_CHECKING:
    # An extra's, which may not be there.
    from cloche_server.record.telemetry import Telemetry

_log = logging.getLogger(__name__)

Fields: TypeAlias = Mapping[str, str | int | float]


class Recorder:
    """Is told the fields of docs/running.md, "What it logs"."""

    def __init__(
        self,
        spending: Spending | None = None,
        audit: AuditLog | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.spending = Spending() if spending is None else spending
        self._audit = audit
        self._telemetry = telemetry

    def watch(self, loads: Callable[[], Iterable[Load]], held_bytes: Callable[[], int]) -> None:
        """What metrics show of now; see `Telemetry.watch`."""
        if self._telemetry is not None:
            self._telemetry.watch(loads, held_bytes)

    def begun(self, who: Caller, fields: Fields, *, sha256: str) -> None:
        """A call has come. Raises Refusal where that cannot be written: it must not run."""
        if self._audit is None:
            return
        told = {**fields, **_charged(who), "sha256": sha256}
        try:
            self._audit.begun(str(told.pop("call_id")), told)
        except OSError as error:
            _log.error("the audit log cannot be written: %s", error)
            raise Refusal(
                Reason.NOT_READY,
                "the server cannot write down who calls; its operator finds why in its log",
                retry_after_s=1.0,
            ) from None

    def ended(self, who: Caller, fields: Fields, trace_headers: Mapping[str, str]) -> None:
        """It has an outcome, and is charged to its caller.

        Args:
            trace_headers: `traceparent` and `tracestate`, where its caller sent them.
        """
        if self._telemetry is not None:
            self._telemetry.ended(who, fields, trace_headers)
        if self._audit is not None:
            told = {**fields, **_charged(who)}
            try:
                self._audit.ended(str(told.pop("call_id")), told)
            except OSError as error:
                _log.error("a call's end cannot be written to the audit log: %s", error)
        # After its line: a file that begins with it says what was spent before.
        if who.tenant:
            seconds = float(fields.get("ran_s", 0.0))
            self.spending.charge(tenant=who.tenant, account=who.account, seconds=seconds)

    def turned_away(self, peer: str, why: str, others: int) -> None:
        """Somebody was not let in, and so were others before, since it was last told."""
        if self._telemetry is not None:
            self._telemetry.turned_away(1 + others)
        if self._audit is not None:
            try:
                self._audit.note("turned-away", {"caller": peer, "why": why, "others": others})
            except OSError as error:
                _log.error("the audit log cannot be written: %s", error)

    def close(self) -> None:
        """Everything is on the disk."""
        if self._audit is not None:
            self._audit.close()


def _charged(who: Caller) -> dict[str, str]:
    return {"tenant": who.tenant, "token": who.token_id, "account": who.account}
