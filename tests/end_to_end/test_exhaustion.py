"""What a technique or a caller may use up, and what is left behind: processes, descriptors, places.

Counted from outside: the server's process table, its descriptors, and whether the next call runs.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from tests.support.server import (
    Outcome,
    Refused,
    Returned,
    RunningServer,
    refused,
    request,
    running_server,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")

WELL = "def well(model, tokenizer): return 'well'"
LARGEST = 100 << 20
UNLIMITED = [("grpc.max_receive_message_length", -1)]
LOST = ("Traceback", "never retrieved", "was destroyed", "Exception ignored")


@pytest.fixture(scope="module")
def mine(config: ServerConfig) -> Iterator[RunningServer]:
    """A server of this module's own: it is used up and counted."""
    limits = dataclasses.replace(
        config.limits, result_default_bytes=LARGEST, result_max_bytes=LARGEST
    )
    off = dataclasses.replace(config, limits=limits, unsafe_walls_off=("language",))
    with running_server(off) as running:
        yield running


def lost(server: RunningServer, logged: int) -> list[str]:
    """What the server's log holds of its own failures, from `logged` on, with what follows each."""
    text = server.log()[logged:]
    return [text[text.index(sign) :][:3000] for sign in LOST if sign in text]


def descriptors(server: RunningServer) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def settled(server: RunningServer) -> tuple[int, int]:
    """Sandboxes and descriptors, once nothing is on its way any more: they stay for a while."""
    found, since = (0, 0), time.monotonic()
    give_up = since + 30
    while time.monotonic() - since < 1.5 and time.monotonic() < give_up:
        now = (len(server.sandboxes()), descriptors(server))
        if now != found:
            found, since = now, time.monotonic()
        time.sleep(0.05)
    return found


def test_callers_that_hang_up_leave_nothing(mine: RunningServer) -> None:
    """At every moment of a call: before its place, before its sandbox, before its job, after it."""
    assert mine.value(WELL) == "well"
    sandboxes, open_before = settled(mine)
    logged = len(mine.log())
    call = request(WELL)
    for turn in range(120):
        stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call))
        time.sleep(turn % 30 * 0.0004)
        stream.cancel()
    for turn in range(30):
        futures = [mine.stub.Execute.future(pb.ExecuteRequest(call=call)) for _ in range(4)]
        technique = pb.Technique(source=WELL)
        futures += [mine.stub.Check.future(pb.CheckRequest(technique=technique)) for _ in range(2)]
        time.sleep(turn % 20 * 0.001)
        for future in futures:
            future.cancel()
    left, open_after = settled(mine)
    # A sandbox whose caller went while it was made is kept for the next one.
    most = mine.config.pool_size + mine.config.limits.concurrent_calls
    assert left <= most
    # Each takes a socket, a file and its filter's listener in the front.
    assert open_after - open_before <= 3 * (left - sandboxes)
    assert lost(mine, logged) == []
    assert mine.value(WELL) == "well"


def test_calls_of_mixed_fate_leave_nothing(mine: RunningServer) -> None:
    fates = [
        WELL,
        "def f(model, tokenizer): raise ValueError('x')",
        "import os\ndef f(model, tokenizer): os._exit(3)",
        "import ctypes\ndef f(model, tokenizer): ctypes.string_at(0)",
        "import os\ndef f(model, tokenizer): os.close(3)",
        "import os\ndef f(model, tokenizer): os.write(3, b'\\xff' * 8)",
        "def f(model, tokenizer): return object()",
        "def f(model, tokenizer:",
    ]
    mine.value(WELL)
    sandboxes, open_before = settled(mine)
    logged = len(mine.log())
    for _ in range(6):
        for source in fates:
            mine.execute(source, timeout_s=5)
    left, open_after = settled(mine)
    assert left <= max(sandboxes, mine.config.pool_size)
    assert open_after <= open_before + 1
    wait_until(lambda: not mine.zombies())
    assert lost(mine, logged) == []


def test_noise_on_the_socket(mine: RunningServer) -> None:
    path = mine.address.removeprefix("unix:")
    logged = len(mine.log())
    peers = []
    for turn in range(60):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(path)
        with contextlib.suppress(OSError):
            peer.send((b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", os.urandom(999), b"\0")[turn % 3])
        peers.append(peer)
    assert mine.value(WELL) == "well"
    for peer in peers:
        peer.close()
    assert lost(mine, logged) == []


@contextlib.contextmanager
def callers_that_never_read(server: RunningServer, call: pb.Call) -> Iterator[Callable[[], None]]:
    """Each call of what is yielded makes one more, on a connection of its own."""
    channels: list[grpc.Channel] = []
    streams = []  # a stream that nobody holds is cancelled

    def another() -> None:
        channel = grpc.insecure_channel(
            server.address, options=[("cloche.test", len(channels)), *UNLIMITED]
        )
        channels.append(channel)
        stub = execution_pb2_grpc.ExecutionServiceStub(channel)
        stream = stub.ExecuteStream(pb.ExecuteStreamRequest(call=call))
        streams.append(stream)
        assert next(stream).WhichOneof("event") == "accepted"

    try:
        yield another
    finally:
        for channel in channels:
            channel.close()


LOUD = "def f(model, tokenizer):\n    for _ in range(400): print('x' * 20_000)"


def test_callers_that_never_read_do_not_keep_their_places(mine: RunningServer) -> None:
    call = request(LOUD, timeout_s=1, output_max_bytes=16 << 20)
    with callers_that_never_read(mine, call) as another:
        for _ in range(mine.config.limits.concurrent_calls):
            another()
        time.sleep(2)  # all of them are past their time
        outcome = mine.execute(WELL, deadline_s=60)
        assert isinstance(outcome, Returned), outcome


def test_answers_that_nobody_reads_are_bounded(mine: RunningServer) -> None:
    """Their callers stay connected and hold nothing but a little memory, of which there is a most:
    then the server is busy, until they go.
    """
    mine.value(WELL)
    logged = len(mine.log())
    front = psutil.Process(mine.process.pid)
    before = front.memory_info().rss
    call = request(LOUD, timeout_s=0.5, output_max_bytes=16 << 20)
    busy = None
    with callers_that_never_read(mine, call) as another:
        for _ in range(600):
            try:
                another()
            except grpc.RpcError as error:
                if busy is not None:
                    break
                busy = refused(error)
                # The last ones run still, and hold less when they have ended.
                wait_until(lambda: len(mine.sandboxes()) <= mine.config.pool_size)
            else:
                busy = None
        assert busy is not None
        assert busy.reason == "BUSY"
        outcome = mine.execute(WELL)
        assert isinstance(outcome, Refused), outcome
        assert outcome.reason == "BUSY"
        assert front.memory_info().rss - before < 400 << 20
    wait_until(lambda: isinstance(mine.execute(WELL), Returned))
    assert lost(mine, logged) == []


def test_a_huge_result_is_held_by_its_sandbox_and_not_by_the_front(mine: RunningServer) -> None:
    """For several slow callers at once; whoever reads on gets all of it."""
    mine.value(WELL)
    front = psutil.Process(mine.process.pid)
    before = front.memory_info().rss
    size = LARGEST - 100
    source = f"def f(model, tokenizer): return b'x' * {size}"
    call = request(source, timeout_s=20)
    streams = []
    largest = 0
    for number in range(mine.config.limits.concurrent_calls):
        channel = grpc.insecure_channel(mine.address, options=[("cloche.test", number), *UNLIMITED])
        stub = execution_pb2_grpc.ExecutionServiceStub(channel)
        streams.append((channel, stub.ExecuteStream(pb.ExecuteStreamRequest(call=call))))
    for _ in range(20):
        for _channel, stream in streams:
            next(stream)
        time.sleep(0.1)
        largest = max(largest, front.memory_info().rss)
    for channel, _stream in streams[1:]:
        channel.close()
    taken = 0
    channel, stream = streams[0]
    for event in stream:
        taken += len(event.result_chunk.data)
        largest = max(largest, front.memory_info().rss)
    channel.close()
    assert event.WhichOneof("event") == "done"
    assert taken > size - (20 << 20)
    assert largest - before < 64 << 20
    assert mine.value(WELL) == "well"


def test_a_result_too_large_for_one_message_says_what_to_do(server: RunningServer) -> None:
    source = f"def f(model, tokenizer): return b'x' * {33 << 20}"
    outcome = server.execute(source, result_max_bytes=512 << 20)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "RESULT_LIMIT"
    assert "ExecuteStream" in outcome.message


def test_large_answers_that_were_taken_are_forgotten(mine: RunningServer) -> None:
    """More of them than may lie in the server at once."""
    size = (32 << 20) - 100
    source = f"def f(model, tokenizer): return b'x' * {size}"
    for _ in range(mine.config.limits.concurrent_calls + 2):
        assert len(mine.value(source)) == size


def test_callers_that_hang_up_while_they_are_sent_to_leave_nothing(mine: RunningServer) -> None:
    """While output waits for them, while their result does, and between its pieces."""
    mine.value(WELL)
    _sandboxes, open_before = settled(mine)
    logged = len(mine.log())
    returns = "def f(model, tokenizer): return b'x' * (20 << 20)"
    for turn in range(24):
        call = request((LOUD, returns)[turn % 2], output_max_bytes=16 << 20)
        stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call))
        for _ in range(1 + turn % 6):
            next(stream)
        time.sleep(turn % 4 * 0.05)
        stream.cancel()
    left, open_after = settled(mine)
    most = mine.config.pool_size + mine.config.limits.concurrent_calls
    assert left <= most
    assert open_after - open_before <= 2 * most
    assert lost(mine, logged) == []
    assert mine.value(WELL) == "well"


def test_callers_at_once_get_their_own(mine: RunningServer) -> None:
    source = (
        "import time\ndef f(model, tokenizer, n):\n"
        "    print(n)\n    time.sleep(n % 3 * 0.01)\n    return [n] * 1000"
    )
    wrong: list[object] = []

    def ask(first: int) -> None:
        for number in range(first, first + 8):
            outcome = mine.execute(source, number)
            if not (
                isinstance(outcome, Returned)
                and outcome.value == [number] * 1000
                and outcome.stdout == f"{number}\n"
            ):
                wrong.append((number, outcome))

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_memory_watch_does_not_end_for_want_of_descriptors(mine: RunningServer) -> None:
    """One caller's idle connections; another's pages."""
    mine.value(WELL)
    time.sleep(0.5)
    front = psutil.Process(mine.process.pid)
    before = front.rlimit(resource.RLIMIT_NOFILE)
    path = mine.address.removeprefix("unix:")
    peers = [socket.socket(socket.AF_UNIX) for _ in range(12)]
    try:
        most = descriptors(mine) + 3
        front.rlimit(resource.RLIMIT_NOFILE, (most, before[1]))
        for peer in peers:
            peer.connect(path)
        time.sleep(0.3)
        source = (
            "import mmap, time\n"
            "def f(model, tokenizer):\n"
            "    block = mmap.mmap(-1, 400 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
            "    for start in range(0, 400 << 20, 4096): block[start] = 1\n"
            "    time.sleep(0.5)\n"
            "    return 'unwatched'"
        )
        outcome = mine.execute(source, memory_bytes=100 << 20, timeout_s=60)
    finally:
        front.rlimit(resource.RLIMIT_NOFILE, before)
        for peer in peers:
            peer.close()
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason


def test_page_tables_count_as_memory(kernel_wall_alone: RunningServer) -> None:
    """One page in each gigabyte, only read: it costs a page table or two, and no page."""
    source = """
import ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]

def f(model, tokenizer):
    for number in range(30_000):
        address = libc.mmap((1 << 44) + (number << 30), 4096, 1, 0x104022, -1, 0)
        ctypes.c_char.from_address(address).value
    time.sleep(5)
"""
    outcomes: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(
            kernel_wall_alone.execute(source, memory_bytes=64 << 20, timeout_s=60)
        )
    )
    thread.start()
    worst = 0
    while thread.is_alive():
        for process in kernel_wall_alone.sandboxes():
            with contextlib.suppress(OSError, psutil.Error):
                for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
                    if line.startswith("VmPTE:"):
                        worst = max(worst, int(line.split()[1]) * 1024)
        time.sleep(0.02)
    thread.join()
    (outcome,) = outcomes
    assert worst < 128 << 20
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "MEMORY_LIMIT"


def test_a_first_thread_that_ends_does_not_end_the_watch(
    kernel_wall_alone: RunningServer,
) -> None:
    """The kernel then says of the process what it says of a dead one; other threads go on."""
    source = """
import ctypes, mmap, os, threading, time

def f(model, tokenizer):
    def hoard():
        time.sleep(0.3)
        block = mmap.mmap(-1, 900 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        for start in range(0, 900 << 20, 4096): block[start] = 1
        time.sleep(60)
    threading.Thread(target=hoard).start()
    ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)
"""
    outcome = kernel_wall_alone.execute(
        source.replace("os.uname().machine", repr(os.uname().machine)),
        memory_bytes=100 << 20,
        timeout_s=20,
    )
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"  # and no TIMEOUT


def test_many_busy_threads_do_not_starve_the_front(kernel_wall_alone: RunningServer) -> None:
    source = """
import ctypes, threading, time

def f(model, tokenizer):
    libc = ctypes.CDLL(None)
    left, right = (ctypes.create_string_buffer(b"a" * (1 << 24)) for _ in range(2))

    def spin():
        while True: libc.memcmp(left, right, ctypes.c_size_t(1 << 24))

    for _ in range(100): threading.Thread(target=spin, daemon=True).start()
    time.sleep(100)
"""
    busy = kernel_wall_alone.stub.Execute.future(
        pb.ExecuteRequest(call=request(source, timeout_s=6))
    )
    time.sleep(1)
    assert kernel_wall_alone.value(WELL) == "well"
    assert not busy.done()
    assert refused(busy.exception(60)).reason == "TIMEOUT"


PATHOLOGICAL = {
    "parentheses": "(" * 1_000_000,
    "signs": "def f(model, tokenizer): return " + "-" * 900_000 + "1",
    "a sum": "def f(model, tokenizer): return " + "1+" * 300_000 + "1",
    "calls": "def f(model, tokenizer): return model" + "()" * 300_000,
    "lambdas": "def f(model, tokenizer): return " + "lambda:" * 50_000 + "1",
    "a null byte": "def f(model, tokenizer): return 1\0",
    "a byte order mark": "\ufeffdef f(model, tokenizer): return 1",
    "a coding cookie": "# coding: utf-7\ndef f(model, tokenizer): return 1",
    "carriage returns": "def f(model, tokenizer):\r    return 1\r",
    "a long name": "def f(model, tokenizer): return " + "x" * 1_000_000,
}


@pytest.mark.parametrize("what", PATHOLOGICAL)
def test_a_check_of_anything_gets_an_answer(server: RunningServer, what: str) -> None:
    logged = len(server.log())
    technique = pb.Technique(source=PATHOLOGICAL[what])
    found = server.stub.Check(pb.CheckRequest(technique=technique), timeout=60)
    assert found.functions or found.diagnostics.items
    assert lost(server, logged) == []
