"""What the service does before a model has any part in it."""

from __future__ import annotations

import grpc
import pytest
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.config import ModelConfig, ServerConfig
from cloche_server.front import service
from cloche_server.front.methods import add_to_server
from cloche_server.front.models import Models


async def test_an_upload_that_never_begins_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_FIRST_MESSAGE_S", 0.2)
    config = ServerConfig(model=ModelConfig(name="not-loaded"))
    server = grpc.aio.server()
    add_to_server(service.ExecutionService(config, Models(config, lambda state: None)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = ExecutionServiceStub(channel).ExecuteUpload(timeout=60)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()
    finally:
        await server.stop(None)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "says what it is within 0.2 s" in (caught.value.details() or "")
