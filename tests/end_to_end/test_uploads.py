"""Arguments of any size, in pieces: through the front, not into it."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import grpc
import numpy as np
import psutil
import pytest
from cloche import InterpClient, wire
from cloche.v1 import execution_pb2 as pb

from tests.support.memory import growth
from tests.support.server import Refused, RunningServer, refused, request
from tests.support.waiting import wait_until

PIECE = 1 << 20
ECHO = "def f(model, tokenizer, value, other=None): return value, other"
COUNT = "def f(model, tokenizer, data): return len(data)"


def begin(args_bytes: int, source: str = COUNT, **changes: object) -> pb.ExecuteUploadRequest:
    call = request(source)
    call.args = b""
    upload = pb.Upload(call=call, args_bytes=args_bytes, **changes)  # type: ignore[arg-type]
    return pb.ExecuteUploadRequest(upload=upload)


def data(size: int) -> pb.ExecuteUploadRequest:
    return pb.ExecuteUploadRequest(data=bytes(size))


def refusal(server: RunningServer, *messages: pb.ExecuteUploadRequest) -> Refused:
    with pytest.raises(grpc.RpcError) as caught:
        list(server.stub.ExecuteUpload(iter(messages), timeout=30))
    return refused(caught.value)


def one_ended(idle: set[psutil.Process]) -> bool:
    """Of the sandboxes that were there, the one that a call took."""
    return any(not process.is_running() for process in idle)


def test_large_arrays_go_up_and_come_down(server: RunningServer) -> None:
    array = np.arange(12 << 20, dtype=np.float32)
    front = psutil.Process(server.process.pid)
    with InterpClient(address=server.address) as client, growth(front) as most:
        value, other = client.run(ECHO, array, other=array[: 2 << 20])
    assert np.array_equal(value, array)
    assert np.array_equal(other, array[: 2 << 20])
    assert most() < 48 << 20


def test_many_inputs_share_a_large_keyword(server: RunningServer) -> None:
    source = "def f(model, tokenizer, x, table): return float(table[x])"
    table = np.arange(1 << 20, dtype=np.float64)
    with InterpClient(address=server.address) as client:
        assert client.map(source, [3, 5, 7], kwargs={"table": table}) == [3.0, 5.0, 7.0]


def test_what_arrives_is_what_was_sent_however_it_is_cut(server: RunningServer) -> None:
    args = wire.encode([np.random.default_rng(0).bytes(300_000)])
    cuts = [0, 1, 7, 100_000, 100_001, len(args)]
    source = "def f(model, tokenizer, data): return data"
    pieces = [pb.ExecuteUploadRequest(data=args[a:b]) for a, b in itertools.pairwise(cuts)]
    events = list(server.stub.ExecuteUpload(iter([begin(len(args), source), *pieces])))
    kinds = [event.WhichOneof("event") for event in events]
    assert kinds == ["accepted", *["result_chunk"] * (len(kinds) - 2), "done"]
    result = b"".join(event.result_chunk.data for event in events)
    assert [wire.decode(result)] == wire.decode(args)


def test_too_much_is_refused_before_it_is_taken(server: RunningServer) -> None:
    limit = server.config.limits.arguments_max_bytes
    found = refusal(server, begin(limit + 1))
    assert (found.reason, found.field) == ("REQUEST_TOO_LARGE", "args")
    assert str(limit) in found.message
    assert str(limit + 1) in found.message


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([begin(10), data(4)], "6 bytes before"),
        ([begin(10), data(11)], "longer than announced"),
        ([begin(10), begin(10)], "data and nothing else"),
        ([begin(10), data(0)], "a piece of 0 bytes"),
        ([begin(8 << 20), data(5 << 20)], "a piece of 5242880 bytes"),
        ([data(10)], "the source is empty"),
        ([], "the request is missing"),
    ],
    ids=["short", "long", "begins again", "nothing", "large piece", "no call", "silence"],
)
def test_an_upload_that_is_wrong(
    server: RunningServer, messages: list[pb.ExecuteUploadRequest], said: str
) -> None:
    found = refusal(server, *messages)
    assert found.reason == "REQUEST"
    assert said in found.message


def test_arguments_within_and_beside_the_call_are_refused(server: RunningServer) -> None:
    message = begin(1)
    message.upload.call.args = wire.encode([1])
    found = refusal(server, message, data(1))
    assert (found.reason, found.field) == ("REQUEST", "args")


def test_arguments_count_in_the_calls_memory(server: RunningServer) -> None:
    message = begin(400 << 20)
    message.upload.call.options.memory_bytes = 64 << 20
    found = refusal(server, message, *[data(4 << 20)] * 100)
    assert found.reason == "MEMORY_LIMIT"


def test_a_slow_upload_holds_little_of_the_front_and_ends_with_its_caller(
    server: RunningServer,
) -> None:
    idle = server.idle_sandboxes()
    done = threading.Event()
    front = psutil.Process(server.process.pid)

    def slow() -> Iterator[pb.ExecuteUploadRequest]:
        yield begin(256 << 20)
        for _ in range(32):
            yield data(PIECE)
        done.wait(60)

    with growth(front) as most:
        call = server.stub.ExecuteUpload(slow())
        assert next(call).HasField("accepted")
        time.sleep(0.5)
        assert not one_ended(idle)
        call.cancel()
        done.set()
        wait_until(lambda: one_ended(idle))
    assert most() < 48 << 20


KILLED = """
import sys, time
import grpc
from cloche.v1 import execution_pb2_grpc
from tests.end_to_end.test_uploads import PIECE, begin, data

def slow():
    yield begin(64 << 20)
    yield data(PIECE)
    time.sleep(60)

channel = grpc.insecure_channel(sys.argv[1])
for event in execution_pb2_grpc.ExecutionServiceStub(channel).ExecuteUpload(slow()):
    print(event.WhichOneof("event"), flush=True)
"""


def test_a_caller_that_is_killed_frees_its_sandbox(server: RunningServer) -> None:
    idle = server.idle_sandboxes()
    caller = subprocess.Popen(
        [sys.executable, "-c", KILLED, server.address], stdout=subprocess.PIPE, cwd=os.getcwd()
    )
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"accepted\n"
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    caller.stdout.close()
    wait_until(lambda: one_ended(idle))
