"""The front's memory stays below what it was given, whatever is sent to it and however fast.

Measured by the kernel as the most that it ever was, after so many requests: not after a time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from tests.support.server import RunningServer, request, running_server

pytestmark = pytest.mark.xdist_group("serial")

MOST_BYTES = 384 << 20
CONNECTIONS = 48
ROUNDS = 6
SLEEPS = "import time\ndef f(model, tokenizer, *given): time.sleep(60)"
WELL = "def well(model, tokenizer): return 'well'"


@pytest.fixture(scope="module")
def small(config: ServerConfig) -> Iterator[RunningServer]:
    """A server that may take as little as one may."""
    limits = dataclasses.replace(config.limits, concurrent_calls=1, queued_calls=64)
    with running_server(
        dataclasses.replace(config, limits=limits, front_memory_bytes=MOST_BYTES)
    ) as running:
        yield running


def peak_bytes(server: RunningServer) -> int:
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    raise AssertionError("the kernel does not say")


def test_more_large_requests_than_fit_are_told_busy_and_not_kept(small: RunningServer) -> None:
    """Twelve times what the front may hold, from connections that ask again at once."""
    message = pb.ExecuteStreamRequest(call=request(SLEEPS, b"x" * 3_900_000, timeout_s=1))
    told: list[str] = []

    def ask(number: int) -> None:
        options = [("cloche.test", number)]
        with grpc.insecure_channel(small.address, options=options) as channel:
            stub = execution_pb2_grpc.ExecutionServiceStub(channel)
            for _ in range(ROUNDS):
                try:
                    list(stub.ExecuteStream(message))
                except grpc.RpcError as error:
                    told.append(error.code().name)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("RESOURCE_EXHAUSTED") > CONNECTIONS
    assert peak_bytes(small) < MOST_BYTES
    assert small.value(WELL) == "well"


def test_what_nobody_asked_for_stays_with_who_sends_it(small: RunningServer) -> None:
    """Behind a request that waits, more messages: gRPC takes a window's worth of each."""
    assert small.value(WELL) == "well"
    before = peak_bytes(small)
    first = pb.ExecuteStreamRequest(call=request(SLEEPS, timeout_s=3)).SerializeToString()
    over = threading.Event()

    def messages() -> Iterator[bytes]:
        yield first
        for _ in range(8):
            yield bytes(4 << 20)
        over.wait()

    with contextlib.ExitStack() as stack:
        stack.callback(over.set)
        calls = []
        for number in range(CONNECTIONS):
            options = [("cloche.test", number), ("grpc.max_send_message_length", -1)]
            channel = stack.enter_context(grpc.insecure_channel(small.address, options=options))
            method = channel.stream_stream("/cloche.v1.ExecutionService/ExecuteStream")
            calls.append(method(messages(), timeout=3))
        for call in calls:
            with pytest.raises(grpc.RpcError):
                list(call)
    assert peak_bytes(small) - before < 64 << 20
