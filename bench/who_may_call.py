"""What knowing callers takes of a call: the door, quotas, and the audit log, in processor time.

    python -m bench.who_may_call

Each is measured alone, in this process, with a thousand tokens and terms of a tenant: how long the
front's loop is busy with it for one call. The target is 0.1 ms in all.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from cloche_server.front.audit import Record
from cloche_server.identity.caller import Caller
from cloche_server.identity.door import TokenDoor
from cloche_server.identity.quotas import Quotas
from cloche_server.identity.spending import Spending
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.token_record import new_record
from cloche_server.record.audit_log import AuditLog
from cloche_server.record.recorder import Recorder

CALLS = 3000
METHOD = "/cloche.v1.ExecutionService/ExecuteStream"
TERMS = "[tenants.a]\nrate = '1000000/minute'\nbudget = '1000000/day'\nweight = 2\n"


class Said:
    """An RPC with a token."""

    peer = "ipv4:127.0.0.1:1"

    def __init__(self, token: Token) -> None:
        self._header = (f"Bearer {token.text}",)

    def header(self, name: str) -> tuple[str, ...]:
        return self._header

    def certificate_names(self) -> tuple[str, ...]:
        return ()


async def _microseconds(of: Callable[[], Awaitable[object]]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        await of()
    return (time.process_time() - began) / CALLS * 1e6


def _written(who: Caller, recorder: Recorder | None) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        record = Record("call", b"x" * 32, caller=Said.peer, who=who, recorder=recorder)
        record.begins()
        record.used(ran_s=0.1)
        record.close("returned")

    return call


async def _measure(folder: Path) -> None:
    tokens, token = TokenFile(folder), Token.draw()
    with tokens.changing() as records:
        for each in (*(Token.draw() for _ in range(1000)), token):
            records[each.id] = new_record(each, tenant="a", now=0.0, budget_s=1e9)
    (folder / "tenants.toml").write_text(TERMS)
    spending = Spending()
    audit = AuditLog(folder / "record", spending)
    door, quotas = TokenDoor(tokens, Tenants(folder)), Quotas(spending)
    rpc = Said(token)
    who = await door.enter(rpc, METHOD)
    taken = {
        "the door": await _microseconds(lambda: door.enter(rpc, METHOD)),
        "rate and budget": await _microseconds(lambda: quotas.admit(who)),
        "the audit log": await _microseconds(_written(who, Recorder(spending, audit)))
        - await _microseconds(_written(who, None)),
    }
    audit.close()
    for name, microseconds in (*taken.items(), ("all", sum(taken.values()))):
        print(f"{name:<16} {microseconds:6.1f} us of a call")


def main() -> None:
    logging.disable(logging.CRITICAL)  # a line in the server's log is written either way
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder)))


if __name__ == "__main__":
    main()
