"""Server reflection, as the reflection package answers it: short questions, few at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from cloche.contract.status import Reason
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection, reflection_pb2

from cloche_server.front.methods import Handler
from cloche_server.front.reading import Reading
from cloche_server.front.rpc import Rpc
from cloche_server.refusal import Refusal

SERVICE: Final = reflection.SERVICE_NAME
_QUESTION_BYTES: Final = 1 << 10
# Tools ask for each file of the contract once.
_MOST_QUESTIONS: Final = 64
_MOST_AT_ONCE: Final = 16


class Reflection:
    """Says what `services` there are and what their files hold."""

    def __init__(self, services: tuple[str, ...], reading: Reading) -> None:
        self._reading = reading
        self._servicer: Any = reflection.aio.ReflectionServicer((*services, SERVICE))
        self._open = 0

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By the methods' full names."""
        return {f"/{SERVICE}/ServerReflectionInfo": self._info}

    async def _info(self, rpc: Rpc) -> None:
        if self._open >= _MOST_AT_ONCE:
            text = f"{_MOST_AT_ONCE} others ask what there is; try again later"
            raise Refusal(Reason.BUSY, text, retry_after_s=1.0)
        self._open += 1
        try:
            async for answer in self._servicer.ServerReflectionInfo(self._questions(rpc), None):
                await rpc.write(answer.SerializeToString())
        finally:
            self._open -= 1

    async def _questions(self, rpc: Rpc) -> AsyncIterator[reflection_pb2.ServerReflectionRequest]:
        for _ in range(_MOST_QUESTIONS):
            raw = await self._reading.message(rpc)
            if raw is None:
                return
            if len(raw) > _QUESTION_BYTES:
                raise Refusal(Reason.REQUEST_TOO_LARGE, f"a question of {len(raw)} bytes")
            try:
                yield reflection_pb2.ServerReflectionRequest.FromString(raw)
            except DecodeError:
                text = "the request is not a ServerReflectionRequest"
                raise Refusal(Reason.REQUEST, text) from None
        raise Refusal(Reason.BUSY, f"{_MOST_QUESTIONS} questions were answered; ask again")
