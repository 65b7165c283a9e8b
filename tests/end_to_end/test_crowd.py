"""Callers who flood the server from their connections, and one beside them who is served.

Over TCP: there gRPC tells connections apart.
"""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import time
from collections.abc import Iterator

import grpc
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from tests.support.server import Refused, Returned, RunningServer, refused, request, running_server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")

WELL = "def well(model, tokenizer): return 'well'"
SHORT = "import time\ndef f(model, tokenizer, *given): time.sleep(0.2)"
LONG = "import time\ndef f(model, tokenizer): time.sleep(3)"


@pytest.fixture(scope="module")
def open_to_all(config: ServerConfig) -> Iterator[RunningServer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    limits = dataclasses.replace(config.limits, concurrent_calls=2, queued_calls=8)
    limited = dataclasses.replace(config, limits=limits)
    with running_server(limited, listen=f"127.0.0.1:{port}") as running:
        yield running


class Flood:
    """Keeps so many calls in flight on each of so many connections."""

    def __init__(self, address: str, call: pb.Call, *, connections: int, each: int) -> None:
        self._call = call
        self._each = each
        self._over = threading.Event()
        self.told: list[str] = []
        self._channels = [
            grpc.insecure_channel(address, options=[("cloche.test", number)])
            for number in range(connections)
        ]
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        open_ = [(channel, []) for channel in self._channels]
        while not self._over.is_set():
            for channel, calls in open_:
                for done in [call for call in calls if call.done()]:
                    calls.remove(done)
                    code = done.code()
                    self.told.append(code.name)
                stub = execution_pb2_grpc.ExecutionServiceStub(channel)
                while len(calls) < self._each:
                    calls.append(stub.Execute.future(pb.ExecuteRequest(call=self._call)))
            time.sleep(0.02)

    def __enter__(self) -> Flood:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for channel in self._channels:
            channel.close()


def outcomes(server: RunningServer, count: int) -> list[object]:
    return [server.execute(WELL, deadline_s=60) for _ in range(count)]


def test_one_connection_cannot_take_all_places(open_to_all: RunningServer) -> None:
    with Flood(open_to_all.address, request(SHORT), connections=1, each=60) as flood:
        time.sleep(1)
        for outcome in outcomes(open_to_all, 10):
            assert isinstance(outcome, Returned), outcome
    assert "RESOURCE_EXHAUSTED" in flood.told
    assert "OK" in flood.told


def test_a_crowd_of_connections_keeps_nobody_out(open_to_all: RunningServer) -> None:
    """Far more of them than the queue has places."""
    with Flood(open_to_all.address, request(WELL), connections=60, each=3) as flood:
        time.sleep(2)
        for outcome in outcomes(open_to_all, 3):
            assert isinstance(outcome, Returned), outcome
    assert "RESOURCE_EXHAUSTED" in flood.told


def test_large_requests_leave_room_for_small_ones(open_to_all: RunningServer) -> None:
    """What lies in the front is bounded, and not used up by those that hold most."""
    call = request(SHORT, b"x" * 3_900_000)
    with Flood(open_to_all.address, call, connections=80, each=2) as flood:
        time.sleep(2)
        for outcome in outcomes(open_to_all, 3):
            assert isinstance(outcome, Returned), outcome
    assert "RESOURCE_EXHAUSTED" in flood.told


def test_a_call_is_not_run_when_its_own_time_has_passed(open_to_all: RunningServer) -> None:
    logged = len(open_to_all.log())
    stub = open_to_all.stub
    long = [stub.Execute.future(pb.ExecuteRequest(call=request(LONG))) for _ in range(2)]
    time.sleep(0.5)
    late = stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(WELL, timeout_s=0.3)))
    with pytest.raises(grpc.RpcError) as caught:
        list(late)
    outcome = refused(caught.value)
    assert isinstance(outcome, Refused)
    assert outcome.reason == "BUSY"
    assert "waited for 0.3 s, its own timeout" in outcome.message
    for call in long:
        with contextlib.suppress(grpc.RpcError):
            call.result()
    assert "outcome=BUSY" in open_to_all.log()[logged:]


def test_a_crowd_is_one_caller_to_those_from_elsewhere(config: ServerConfig) -> None:
    """Its calls take so long that a turn of each would be more than the honest one's own time."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here: all connections come from one address")
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as free:
        port = free.getsockname()[1]
    limits = dataclasses.replace(config.limits, concurrent_calls=1, queued_calls=8)
    limited = dataclasses.replace(config, limits=limits, unprotected=True)
    long = request("import time\ndef f(model, tokenizer): time.sleep(1)", timeout_s=60)
    with (
        running_server(limited, listen=f"[::]:{port}") as server,
        Flood(f"127.0.0.1:{port}", long, connections=60, each=1),
        grpc.insecure_channel(f"[::1]:{port}") as channel,
    ):
        stub = execution_pb2_grpc.ExecutionServiceStub(channel)
        wait_until(lambda: server.log().count("outcome=returned") >= 2)
        for _ in range(3):
            # Told BUSY where it is not its turn within its own timeout.
            stub.Execute(pb.ExecuteRequest(call=request(WELL, timeout_s=20)), timeout=60)
