"""One RPC as the front sees it: bytes in, bytes out, a refusal.

Every method is a stream of messages to gRPC, whatever it is to callers; on the wire there is no
difference. So nothing is read before it is asked for, and a call that is turned away costs nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, NoReturn, TypeAlias

import grpc

from cloche_server.front import refusal as refusals
from cloche_server.identity.caller import ANYBODY, Caller
from cloche_server.refusal import Refusal

_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
_TRACE_HEADERS: Final = ("traceparent", "tracestate")
_END: Final[Any] = grpc.aio.EOF


class Rpc:
    """For one reader and one writer at a time."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        #: As the door has found (`identity/door.py`).
        self.who: Caller = ANYBODY

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
        """Whose turn and whose room it takes: its tenant's, and where there are none, its
        connection's. Those of a Unix socket are one.
        """
        return self.who.tenant or self.peer

    def header(self, name: str) -> tuple[str, ...]:
        """Every value that came under the name, in lower case; what is no text is left out."""
        sent: Any = self._context.invocation_metadata() or ()
        return tuple(value for key, value in sent if key == name and isinstance(value, str))

    @property
    def trace_headers(self) -> dict[str, str]:
        """The caller's trace, as the W3C has it, that the call is part of."""
        sent: Any = self._context.invocation_metadata() or ()
        return {
            key: value for key, value in sent if key in _TRACE_HEADERS and isinstance(value, str)
        }

    def certificate_names(self) -> tuple[str, ...]:
        """URIs and DNS names in the caller's certificate, which TLS has verified; none without."""
        found: Any = self._context.auth_context()
        # By their kinds: a DNS name that is written like a URI is no URI.
        uris = [name for name in _texts(found, "peer_uri") if "://" in name]
        return (*uris, *(name for name in _texts(found, "peer_dns") if "://" not in name))

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


def _texts(found: Any, name: str) -> list[str]:
    return [value.decode("ascii", "replace") for value in (found or {}).get(name, ())]


async def _unharmed(operation: Any) -> Any:
    """gRPC writes to an operation's memory when it ends: it is left alone, and never cancelled."""
    return await asyncio.shield(given_up_freely(operation))


def given_up_freely(operation: Any) -> asyncio.Future[Any]:
    """A task of its own that may be given up: nobody has to ask how it ended."""
    task: asyncio.Future[Any] = asyncio.ensure_future(operation)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
