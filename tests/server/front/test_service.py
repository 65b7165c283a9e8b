"""What the front does before a model has any part in it, over a socket."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import NoReturn, cast

import grpc
import pytest
from cloche.contract.config import ModelConfig, ServerConfig
from cloche.contract.reason import Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.front import health as health_module
from cloche_server.front import reading as reading_module
from cloche_server.front import reflection as reflection_module
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.health import Health
from cloche_server.front.methods import Methods
from cloche_server.front.models import Models
from cloche_server.front.reading import Reading
from cloche_server.front.reflection import Reflection
from cloche_server.front.requests import request_max_bytes
from cloche_server.front.resident import Resident
from cloche_server.front.rpc import Rpc
from cloche_server.front.service import SERVICE, ExecutionService
from cloche_server.front.watch import Watch
from cloche_server.refusal import Refusal
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

CONFIG = ServerConfig(model=ModelConfig(name="not-loaded"))
MOST = request_max_bytes(CONFIG.limits)


@contextlib.asynccontextmanager
async def serving(budget: MemoryBudget) -> AsyncIterator[tuple[grpc.aio.Channel, Health]]:
    """All services as a server has them, without a model."""
    watch = Watch()
    resident = Resident(CONFIG.front_memory_bytes)
    reading = Reading(MOST, budget, resident)
    health = Health(("", SERVICE.full_name), Reading(MOST, budget, resident))
    models = Models(CONFIG, lambda state: None)
    service = ExecutionService(CONFIG, models, watch, budget, reading)
    reflected = Reflection((SERVICE.full_name,), reading)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (Methods({**service.handlers, **health.handlers, **reflected.handlers}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel, health
    finally:
        await server.stop(None)
        watch.close()
        resident.close()


@pytest.fixture
def budget() -> MemoryBudget:
    return MemoryBudget(CONFIG.held_max_bytes)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "_PACE", replace(reading_module._PACE, window_s=0.4))


@pytest.mark.parametrize("method", ["Execute", "ExecuteStream", "ExecuteUpload", "Check"])
async def test_a_request_that_never_comes_is_ended(budget: MemoryBudget, method: str) -> None:
    async with serving(budget) as (channel, _health):
        call = channel.stream_stream(f"/{SERVICE.full_name}/{method}")(timeout=60)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "did not send its request" in (caught.value.details() or "")
    assert budget.held_bytes == 0


async def test_info_is_given_while_requests_do_not_come(budget: MemoryBudget) -> None:
    async with serving(budget) as (channel, _health):
        method = channel.stream_stream(f"/{SERVICE.full_name}/Execute")
        calls = [method(timeout=60) for _ in range(200)]
        async with asyncio.timeout(60):
            # Those that had to go for others hold theirs until they have gone.
            while not 0 < budget.held_bytes <= CONFIG.held_max_bytes // 2:
                await asyncio.sleep(0.05)
            answer = await ExecutionServiceStub(channel).GetServerInfo(pb.GetServerInfoRequest())
        assert answer.model.name == "not-loaded"
        for call in calls:
            call.cancel()


async def test_many_small_requests_at_once_are_all_answered(budget: MemoryBudget) -> None:
    request = pb.ExecuteRequest()
    request.call.technique.source = "def f(model, tokenizer): return 1"
    async with serving(budget) as (channel, _health):
        stub = ExecutionServiceStub(channel)
        calls = [stub.Execute(request, timeout=60) for _ in range(300)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
    codes = {answer.code() for answer in answers if isinstance(answer, grpc.aio.AioRpcError)}
    assert codes <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}
    ready = [a for a in answers if isinstance(a, grpc.aio.AioRpcError) and "not ready" in str(a)]
    assert len(ready) > 100
    assert budget.held_bytes == 0


async def test_health_is_asked_and_watched(budget: MemoryBudget) -> None:
    async with serving(budget) as (channel, health):
        stub = health_pb2_grpc.HealthStub(channel)
        ask = health_pb2.HealthCheckRequest
        assert (await stub.Check(ask())).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watching = stub.Watch(ask(service=SERVICE.full_name))
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        health.set_all(serving=True)
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVING
        assert (await stub.Check(ask())).status == health_pb2.HealthCheckResponse.SERVING
        watching.cancel()


async def test_unknown_names_of_health_are_not_kept(budget: MemoryBudget) -> None:
    async with serving(budget) as (channel, health):
        stub = health_pb2_grpc.HealthStub(channel)
        ask = health_pb2.HealthCheckRequest
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(ask(service="nobody"))
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        watching = stub.Watch(ask(service="nobody"))
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Watch(ask(service="n" * 5000)).read()
        assert set(health._statuses) == {"", SERVICE.full_name}
        watching.cancel()


async def test_watchers_are_bounded_and_the_oldest_goes(
    budget: MemoryBudget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_module, "_MOST_WATCHERS", 4)
    async with serving(budget) as (channel, health):
        stub = health_pb2_grpc.HealthStub(channel)
        calls = []
        for _ in range(6):
            calls.append(stub.Watch(health_pb2.HealthCheckRequest()))
            await calls[-1].read()
        for call in calls[:2]:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()
            assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert len(health._watchers) == 4
        for call in calls:
            call.cancel()
        async with asyncio.timeout(2):
            while health._watchers:
                await asyncio.sleep(0.01)


async def test_reflection_answers_short_questions(
    budget: MemoryBudget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflection_module, "_MOST_QUESTIONS", 3)
    ask = reflection_pb2.ServerReflectionRequest
    async with serving(budget) as (channel, _health):
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo(iter([ask(list_services="")]))
        names = [each.name for each in (await call.read()).list_services_response.service]
        assert SERVICE.full_name in names
        for questions in ([ask(file_by_filename="x" * 5000)], [ask(list_services="")] * 4):
            call = stub.ServerReflectionInfo(iter(questions))
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                _ = [answer async for answer in call]
            assert caught.value.code() in (
                grpc.StatusCode.INVALID_ARGUMENT,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
            )


async def test_a_refused_request_is_let_go_before_its_caller_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The exception's frames would hold it for as long as the caller does not listen."""
    requests: list[weakref.ref[Large]] = []
    gone: list[bool] = []

    class Large:
        pass

    async def handler(_: Rpc) -> None:
        request = Large()
        requests.append(weakref.ref(request))
        try:
            raise ValueError
        except ValueError:
            raise Refusal(Reason.BUSY, "no room") from None

    refuse = Rpc.refuse

    async def watched(rpc: Rpc, refusal: Refusal) -> NoReturn:
        gone.append(requests[0]() is None)
        await refuse(rpc, refusal)

    monkeypatch.setattr(Rpc, "refuse", watched)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Methods({"/test/Refuses": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test/Refuses")(b"")
    await server.stop(None)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert gone == [True]


async def test_where_memory_is_tight_few_requests_are_on_their_way(budget: MemoryBudget) -> None:
    with contextlib.closing(Resident(1 << 10)) as tight:
        reading = Reading(MOST, budget, tight)

        class Silent:
            async def read(self) -> bytes | None:
                await asyncio.sleep(60)
                return b""

        silent = cast("Rpc", Silent())
        taken = [
            asyncio.create_task(reading.message(silent))
            for _ in range(reading_module._MOST_WHEN_TIGHT)
        ]
        await asyncio.sleep(0.01)
        with pytest.raises(Refusal, match="memory is short") as caught:
            await reading.message(silent)
        assert caught.value.reason is Reason.BUSY
        for task in taken:
            task.cancel()
        await asyncio.gather(*taken, return_exceptions=True)
