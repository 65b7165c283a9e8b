"""The methods of all services as gRPC takes them: bytes in, bytes out, and no more at a time than
the front can hold.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import grpc
from cloche.status import Reason

from cloche_server.front.refusal import Refusal
from cloche_server.front.rpc import Rpc
from cloche_server.identity.door import Door, OpenDoor

_log = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Rpc], Awaitable[None]]

# An RPC that waits takes some 50 KiB. Far above what runs and waits, far below what memory holds.
_MOST_RPCS: Final = 2048
# Beyond that, callers that have so few open have them all the same, up to twice as many in all.
_FEW_RPCS: Final = 8


class Methods(grpc.GenericRpcHandler):
    """Handlers by the full names of their methods, behind the door that all calls come through."""

    def __init__(self, handlers: Mapping[str, Handler], door: Door | None = None) -> None:
        """Args: door: None asks nobody."""
        self._handlers = handlers
        self._door: Door = OpenDoor() if door is None else door
        self._open: Counter[str] = Counter()

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
        self._open[caller] += 1
        try:
            self._require_room(caller)
            await handler(rpc)
        except Refusal as refusal:
            await rpc.refuse(refusal)
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]

    def _require_room(self, caller: str) -> None:
        opened = self._open.total()
        few = self._open[caller] <= _FEW_RPCS
        if opened > (2 * _MOST_RPCS if few else _MOST_RPCS):
            text = f"{opened} requests are being answered; try again later"
            raise Refusal(Reason.BUSY, text, retry_after_s=1.0)
