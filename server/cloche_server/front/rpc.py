"""One RPC as the front sees it: bytes in, bytes out, a refusal.

Every method is a stream of messages to gRPC, whatever it is to callers; on the wire there is no
difference. So nothing is read before it is asked for, and a call that is turned away costs nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, NoReturn, TypeAlias

import grpc

from cloche_server.front import refusal as refusals
from cloche_server.front.refusal import Refusal

_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
_END: Final[Any] = grpc.aio.EOF


class Rpc:
    """For one reader and one writer at a time."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def peer(self) -> str:
        """The connection's other end as gRPC names it: "ipv4:127.0.0.1:40112", "unix:"."""
        peer: str = self._context.peer()
        return peer

    @property
    def remaining_s(self) -> float | None:
        """What is left of the RPC's own deadline; None: it has none."""
        remaining: float | None = self._context.time_remaining()
        return remaining

    @property
    def caller(self) -> str:
        """Whose turn and whose room it takes: its connection's. Those of a Unix socket are one."""
        return self.peer

    @property
    def owner(self) -> str:
        """To whom what it opens belongs: callers have no names yet, so to all who know of it."""
        return ""

    async def read(self) -> bytes | None:
        """The next message; None after the last."""
        message: Any = await _unharmed(self._context.read())
        return None if message is _END else message

    async def write(self, message: bytes) -> None:
        """Waits until gRPC has passed the message on, and so for a caller that does not read."""
        await _unharmed(self._context.write(message))

    async def not_found(self, text: str) -> NoReturn:
        """As the standard services have it, without details of ours."""
        await self._context.abort(grpc.StatusCode.NOT_FOUND, text)
        raise AssertionError("abort returned")

    async def refuse(self, refusal: Refusal) -> NoReturn:
        await refusals.abort(self._context, refusal)


async def _unharmed(operation: Any) -> Any:
    """gRPC writes to an operation's memory when it ends: it is left alone, and never cancelled."""
    return await asyncio.shield(given_up_freely(operation))


def given_up_freely(operation: Any) -> asyncio.Future[Any]:
    """A task of its own that may be given up: nobody has to ask how it ended."""
    task: asyncio.Future[Any] = asyncio.ensure_future(operation)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
