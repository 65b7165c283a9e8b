"""What is kept of each call beside its line in the server's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cloche_server.identity.caller import Caller
from cloche_server.record.spending import Spending

Fields: TypeAlias = Mapping[str, str | int | float]


class Recorder:
    """`begun` and `ended` are told the fields of docs/running.md, "What it logs"."""

    def __init__(self, spending: Spending | None = None) -> None:
        self.spending = Spending() if spending is None else spending

    def begun(self, fields: Fields) -> None:
        """A call has come."""

    def ended(self, who: Caller, fields: Fields) -> None:
        """It has an outcome, and is charged to its caller."""
        if who.tenant:
            seconds = float(fields.get("ran_s", 0.0))
            self.spending.charge(tenant=who.tenant, account=who.account, seconds=seconds)
