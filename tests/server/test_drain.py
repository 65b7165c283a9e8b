"""A server that stops while calls run: what comes then is told so, and has not begun."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from cloche.client import failures
from cloche.contract.config import ModelConfig, ServerConfig
from cloche.contract.reason import Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server import serve
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.methods import Methods
from cloche_server.front.models import Models
from cloche_server.front.reading import Reading
from cloche_server.front.requests import request_max_bytes
from cloche_server.front.resident import Resident
from cloche_server.front.service import ExecutionService
from cloche_server.front.watch import Watch

CONFIG = ServerConfig(model=ModelConfig(name="not-loaded"))


class Busy(ExecutionService):
    """One call runs, for as long as anybody looks."""

    calls_running = 1  # type: ignore[assignment]  # a property there


async def test_calls_that_are_on_their_way_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_LEAVING_S", 60.0)
    budget = MemoryBudget(CONFIG.held_max_bytes)
    models, watch = Models(CONFIG, lambda state: None), Watch()
    resident = Resident(CONFIG.front_memory_bytes)
    reading = Reading(request_max_bytes(CONFIG.limits), budget, resident)
    service = Busy(CONFIG, models, watch, budget, reading)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Methods(service.handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    request = pb.ExecuteStreamRequest()
    request.call.technique.source = "def f(model, tokenizer): return 1"
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = ExecutionServiceStub(channel)
        await stub.GetServerInfo(pb.GetServerInfoRequest())  # connected
        models.stopping()
        hurry = asyncio.Event()
        draining = asyncio.create_task(serve._drain(service, server, 60.0, hurry))
        await asyncio.sleep(0)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ExecuteStream(request).read()
        # With a reason, so that its caller may send it again.
        assert failures.reason_of(caught.value) is Reason.NOT_READY
        assert "the server is stopping" in (caught.value.details() or "")
        hurry.set()
        await draining
    watch.close()
    resident.close()
