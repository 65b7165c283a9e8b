"""The methods of all services as gRPC takes them: bytes in, bytes out, and no more at a time than
the front can hold.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final, TypeAlias

import grpc
from cloche.contract.status import Reason

from cloche_server.front.peers import origin
from cloche_server.front.rpc import Rpc
from cloche_server.identity.door import Door, OpenDoor
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Rpc], Awaitable[None]]

# An RPC that waits takes some 50 KiB. More than runs and waits, far below what memory holds.
_MOST_RPCS: Final = 1200
# Beyond that, connections that have so few open have them all the same, up to twice as many in all;
# and addresses that have so few, up to three times.
_FEW_RPCS: Final = 8


class Methods(grpc.GenericRpcHandler):
    """Handlers by the full names of their methods, behind the door that all calls come through."""

    def __init__(self, handlers: Mapping[str, Handler], door: Door | None = None) -> None:
        """Args: door: None asks nobody."""
        self._handlers = handlers
        self._door: Door = OpenDoor() if door is None else door
        self._all = 0
        self._of_callers: Counter[str] = Counter()
        self._of_origins: Counter[str] = Counter()
        self._of_peers: Counter[str] = Counter()

    @property
    def served(self) -> Collection[str]:
        """The connections that have something open, as gRPC names them."""
        return self._of_peers.keys()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        handler = self._handlers.get(handler_call_details.method)
        if handler is None:
            return None

        method = handler_call_details.method

        async def run(_: Any, context: Any) -> None:
            rpc = Rpc(context)
            try:
                rpc.who = await self._door.enter(rpc, method)
            except Refusal as refusal:
                await rpc.refuse(refusal)
            await self._run(handler, rpc)

        return grpc.stream_stream_rpc_method_handler(run)

    async def _run(self, handler: Handler, rpc: Rpc) -> None:
        caller = rpc.caller
        self._opened(rpc, 1)
        try:
            self._require_room(caller)
            await handler(rpc)
        except Refusal as refusal:
            # Its frames hold the request, for as long as the caller does not take the answer.
            refusal.__traceback__ = refusal.__context__ = None
            await rpc.refuse(refusal)
        finally:
            self._opened(rpc, -1)

    def _opened(self, rpc: Rpc, count: int) -> None:
        self._all += count
        for open_, key in (
            (self._of_callers, rpc.caller),
            (self._of_origins, origin(rpc.caller)),
            (self._of_peers, rpc.peer),
        ):
            open_[key] += count
            if not open_[key]:
                del open_[key]

    def _require_room(self, caller: str) -> None:
        most = _MOST_RPCS
        if self._of_origins[origin(caller)] <= _FEW_RPCS:
            most *= 3
        elif self._of_callers[caller] <= _FEW_RPCS:
            most *= 2
        if self._all > most:
            text = f"{self._all} requests are being answered; try again later"
            raise Refusal(Reason.BUSY, text, retry_after_s=1.0)
