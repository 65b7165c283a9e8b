"""Calls from the tunnel to the front: let through with a lease's token, refused without.

Messages pass as bytes: nothing a caller sends is read here but the one header.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import grpc

_SCHEME = "Bearer "
# The front gets callers' other headers; these are this connection's own.
_OURS = ("authorization", "user-agent")


class Relay(grpc.GenericRpcHandler):
    """Every method, whatever its kind: on the wire each is a stream of messages either way."""

    def __init__(self, front: grpc.aio.Channel, admits: Callable[[str], bool]) -> None:
        self._front = front
        self._admits = admits

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, bytes]:
        return grpc.stream_stream_rpc_method_handler(
            partial(self._pass, handler_call_details.method)
        )

    async def _pass(
        self,
        method: str,
        requests: AsyncIterator[bytes],
        context: grpc.aio.ServicerContext[bytes, bytes],
    ) -> AsyncIterator[bytes]:
        headers: list[tuple[str, Any]] = list(context.invocation_metadata() or ())
        if not self._admitted(headers):
            await context.abort(
                grpc.StatusCode.UNAUTHENTICATED, "this tunnel wants the token of a lease"
            )
        there: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = self._front.stream_stream(method)
        call = there(
            requests,
            metadata=[(name, value) for name, value in headers if name not in _OURS],
            timeout=context.time_remaining(),
        )
        try:
            async for message in call:
                yield message
            context.set_trailing_metadata(_pairs(await call.trailing_metadata()))
        except grpc.aio.AioRpcError as error:
            await context.abort(
                error.code(), error.details() or "", _pairs(error.trailing_metadata())
            )
        finally:
            call.cancel()

    def _admitted(self, headers: list[tuple[str, Any]]) -> bool:
        given = [value for name, value in headers if name == "authorization"]
        if len(given) != 1 or not isinstance(given[0], str) or not given[0].startswith(_SCHEME):
            return False
        return self._admits(given[0].removeprefix(_SCHEME))


def _pairs(metadata: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in metadata or ())
