"""Whoever no longer wants an answer ends the technique: its process is gone, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import psutil
import pytest
from cloche import InterpClient
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from tests.support.server import RunningServer, refused, request

pytestmark = pytest.mark.xdist_group("serial")

SPIN = "def spin(model, tokenizer):\n    while True: pass"
# Far less on an idle machine (bench/README.md); this says that nothing waits for a timeout of 60 s.
_PROMPTLY_S = 20.0


def closing_the_iterator(server: RunningServer) -> Iterator[None]:
    with InterpClient(address=server.address) as client:
        events = client.stream(SPIN)
        next(events)
        yield
        events.close()
        yield


def closing_the_client(server: RunningServer) -> Iterator[None]:
    client = InterpClient(address=server.address)
    events = client.stream(SPIN)
    next(events)
    yield
    client.close()
    yield


def cancelling_the_call(server: RunningServer) -> Iterator[None]:
    call: Any = server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SPIN)))
    next(call)
    yield
    call.cancel()
    yield


def cutting_the_channel(server: RunningServer) -> Iterator[None]:
    with grpc.insecure_channel(server.address) as channel:
        stub = execution_pb2_grpc.ExecutionServiceStub(channel)
        call = stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SPIN)))
        next(call)
        yield
    yield


@pytest.mark.parametrize(
    "way", [closing_the_iterator, closing_the_client, cancelling_the_call, cutting_the_channel]
)
def test_the_sandbox_is_gone_promptly(
    server: RunningServer, way: Callable[[RunningServer], Iterator[None]]
) -> None:
    idle = server.idle_sandboxes()
    call = way(server)
    next(call)
    busy = the_busy_one(idle)
    asked = time.monotonic()
    next(call)
    while busy.is_running():
        assert time.monotonic() - asked < _PROMPTLY_S
        time.sleep(0.002)


def the_busy_one(processes: set[psutil.Process]) -> psutil.Process:
    """The one whose processor time grows."""
    before = {process: sum(process.cpu_times()[:2]) for process in processes}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for process, was in before.items():
            if sum(process.cpu_times()[:2]) > was + 0.05:
                return process
        time.sleep(0.01)
    raise AssertionError("no sandbox is at work")


def test_the_rpcs_own_deadline_is_honoured(server: RunningServer) -> None:
    """It also caps what the call asked for, so that the sandbox does not outlive it."""
    idle = server.idle_sandboxes()
    call = server.stub.ExecuteStream(
        pb.ExecuteStreamRequest(call=request(SPIN, timeout_s=60.0)), timeout=3.0
    )
    accepted = next(call).accepted
    assert 0 < accepted.options.timeout.ToMilliseconds() <= 3100
    busy = the_busy_one(idle)
    with pytest.raises(grpc.RpcError) as caught:
        list(call)
    assert refused(caught.value).code is grpc.StatusCode.DEADLINE_EXCEEDED
    psutil.wait_procs([busy], timeout=_PROMPTLY_S)
    assert not busy.is_running()


def test_a_deadline_beyond_the_servers_own_is_capped(server: RunningServer) -> None:
    call = server.stub.ExecuteStream(
        pb.ExecuteStreamRequest(call=request(SPIN, timeout_s=9999.0)), timeout=9999
    )
    granted = next(call).accepted.options.timeout.ToSeconds()
    call.cancel()
    assert granted == server.config.limits.timeout_max_s
