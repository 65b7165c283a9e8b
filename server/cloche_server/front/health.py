"""grpc.health.v1.Health, for the few names that there are, and for few watchers at a time.

The health package's own servicer keeps what it is asked for, however large and however often.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cloche.contract.status import Reason
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2

from cloche_server.front.methods import Handler
from cloche_server.front.reading import Reading
from cloche_server.front.rpc import Rpc
from cloche_server.refusal import Refusal

SERVICE: Final = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
_Status = health_pb2.HealthCheckResponse
# The stubs for type checkers are older than the method.
_LIST_ANSWER: Final[Any] = vars(health_pb2)["HealthListResponse"]
_REQUEST_BYTES: Final = 1 << 10
_MOST_WATCHERS: Final = 128


class Health:
    """Answers for `names`; unknown ones are NOT_FOUND, or SERVICE_UNKNOWN to who watches."""

    def __init__(self, names: Iterable[str], reading: Reading) -> None:
        self._reading = reading
        self._statuses: dict[str, Any] = dict.fromkeys(names, _Status.NOT_SERVING)
        # The oldest first.
        self._watchers: OrderedDict[asyncio.Event, None] = OrderedDict()

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By the methods' full names."""
        return {
            f"/{SERVICE}/Check": self._check,
            f"/{SERVICE}/List": self._list,
            f"/{SERVICE}/Watch": self._watch,
        }

    def set_all(self, *, serving: bool) -> None:
        status = _Status.SERVING if serving else _Status.NOT_SERVING
        self._statuses = dict.fromkeys(self._statuses, status)
        for changed in self._watchers:
            changed.set()

    async def _check(self, rpc: Rpc) -> None:
        status = self._statuses.get(await self._name(rpc))
        if status is None:
            await rpc.not_found("no service has this name; leave it empty to ask for the server")
        await rpc.write(_Status(status=status).SerializeToString())

    async def _list(self, rpc: Rpc) -> None:
        statuses = {name: _Status(status=status) for name, status in self._statuses.items()}
        answer: Any = _LIST_ANSWER(statuses=statuses)
        await rpc.write(answer.SerializeToString())

    async def _watch(self, rpc: Rpc) -> None:
        asked = await self._name(rpc)
        # What is unknown stays so, and need not be kept.
        name = asked if asked in self._statuses else None
        changed = asyncio.Event()
        self._watchers[changed] = None
        if len(self._watchers) > _MOST_WATCHERS:
            oldest, _ = self._watchers.popitem(last=False)
            oldest.set()
        try:
            while True:
                status = _Status.SERVICE_UNKNOWN if name is None else self._statuses[name]
                await rpc.write(_Status(status=status).SerializeToString())
                await changed.wait()
                changed.clear()
                if changed not in self._watchers:
                    text = f"more than {_MOST_WATCHERS} watch, and this is the oldest; watch again"
                    raise Refusal(Reason.BUSY, text, retry_after_s=1.0)
        finally:
            self._watchers.pop(changed, None)

    async def _name(self, rpc: Rpc) -> str:
        raw = await self._reading.request(rpc)
        if len(raw) > _REQUEST_BYTES:
            raise Refusal(Reason.REQUEST_TOO_LARGE, f"a name of {len(raw)} bytes", field="service")
        try:
            name: str = health_pb2.HealthCheckRequest.FromString(raw).service
        except DecodeError:
            raise Refusal(Reason.REQUEST, "the request is not a HealthCheckRequest") from None
        return name
