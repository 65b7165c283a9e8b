"""Whatever a technique wastes ends within its limit, with an error of its own; the next is well."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche import CallTimeoutError, InterpClient
from cloche.v1 import execution_pb2 as pb
from cloche_server import machine

from tests.support.server import Raised, Refused, Returned, RunningServer, request

pytestmark = pytest.mark.xdist_group("serial")

WELL = "def well(model, tokenizer): return 'well'"


@pytest.fixture(params=["server", "kernel_wall_alone"])
def any_server(request: pytest.FixtureRequest) -> RunningServer:
    """Limits hold behind either wall."""
    running: RunningServer = request.getfixturevalue(request.param)
    return running


def refusal(server: RunningServer, body: str, *, imports: str = "", **options: object) -> Refused:
    lines = "\n".join("    " + line for line in body.splitlines())
    source = f"{imports}\ndef waste(model, tokenizer):\n{lines}"
    outcome = server.execute(source, deadline_s=120, **options)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), outcome
    assert server.value(WELL) == "well"
    return outcome


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return 10 ** 10 ** 8",
        "return re.match('(a+)+b', 'a' * 64)",
        "time.sleep(1000)",
        "return sum(range(10 ** 12))",
    ],
)
def test_time(any_server: RunningServer, body: str) -> None:
    found = refusal(any_server, body, imports="import re, time", timeout_s=1.5)
    assert (found.code, found.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "TIMEOUT")
    assert "1.5 s" in found.message


def test_a_timeout_says_where_the_technique_was(any_server: RunningServer) -> None:
    body = "total = 0\nfor i in range(10 ** 12):\n    total += i\n    total -= i\nreturn total"
    found = refusal(any_server, body, timeout_s=1)
    said = re.search(r"; when last seen it was at line (\d): (.*)", found.message)
    assert said, found.message
    assert (int(said[1]), said[2]) in [
        (4, "for i in range(10 ** 12):"),
        (5, "total += i"),
        (6, "total -= i"),
    ]


def test_the_line_of_a_timeout_is_the_callers_own(server: RunningServer) -> None:
    with InterpClient(address=server.address) as client, pytest.raises(CallTimeoutError) as caught:
        client.with_options(timeout=1).run(_sleeps)
    said = re.search(r"it was at \S*test_limits\.py:(\d+): time.sleep\(60\)", str(caught.value))
    assert said, caught.value
    assert "time.sleep(60)" in Path(__file__).read_text().splitlines()[int(said[1]) - 1]


def _sleeps(model: Any, tokenizer: Any) -> None:
    time.sleep(60)


@pytest.mark.parametrize(
    "body",
    [
        "return torch.ones(2_000_000_000).sum().item()",
        "return len(b'x' * (8 << 30))",
        "return len([0] * (1 << 31))",
        "kept = []\nwhile True: kept.append(torch.ones(10_000_000))",
        "kept = []\nwhile True: kept.append('x' * 10_000_000)",
    ],
)
def test_memory(any_server: RunningServer, body: str) -> None:
    found = refusal(any_server, body, imports="import torch", memory_bytes=1 << 30)
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MEMORY_LIMIT")
    assert str(1 << 30) in found.message


def test_memory_error_caught_by_the_technique_is_its_own_business(server: RunningServer) -> None:
    source = """
def careful(model, tokenizer):
    try:
        return len(b"x" * (8 << 30))
    except MemoryError:
        return "caught"
"""
    assert server.value(source, memory_bytes=1 << 30) == "caught"


def test_touched_pages_are_counted_exactly(kernel_wall_alone: RunningServer) -> None:
    """The address-space limit is generous; the front's watch is not."""
    body = (
        "import ctypes, mmap, time\n"
        "block = mmap.mmap(-1, 600 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "for start in range(0, 600 << 20, 4096): block[start] = 1\n"
        "time.sleep(5)"
    )
    found = refusal(kernel_wall_alone, body, memory_bytes=100 << 20)
    assert found.reason == "MEMORY_LIMIT"


def test_output(any_server: RunningServer) -> None:
    found = refusal(any_server, "for i in range(1_000_000): print(i)", output_max_bytes=10_000)
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OUTPUT_LIMIT")
    assert "10000 bytes at line 3;" in found.message


def test_output_limit_cannot_be_caught_away(any_server: RunningServer) -> None:
    body = (
        "for i in range(100_000):\n"
        "    try: print('x' * 100)\n"
        "    except BaseException: pass\n"
        "return 'fine'"
    )
    found = refusal(any_server, body, output_max_bytes=10_000)
    assert found.reason == "OUTPUT_LIMIT"
    assert "10000 bytes at line 4;" in found.message


def test_reports_of_progress_are_output(server: RunningServer) -> None:
    body = "for i in range(10_000):\n    progress(i, note='x' * 100)"
    found = refusal(server, body, output_max_bytes=10_000)
    assert found.reason == "OUTPUT_LIMIT"
    assert "at line 4;" in found.message


def test_result(any_server: RunningServer) -> None:
    found = refusal(any_server, "return 'x' * 5_000_000", result_max_bytes=1_000_000)
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RESULT_LIMIT")
    assert "the result returned at line 3 takes 5000005 bytes" in found.message
    assert "1000000" in found.message


def test_a_large_result_within_the_limit_arrives_whole(server: RunningServer) -> None:
    source = "import torch\ndef large(model, tokenizer): return torch.arange(20_000_000)"
    with InterpClient(address=server.address) as client:
        found = client.run(source)
    assert found.shape == (20_000_000,)
    assert found[-1].item() == 19_999_999


def test_recursion(any_server: RunningServer) -> None:
    outcome = any_server.execute("def f(model, tokenizer): return f(model, tokenizer)")
    assert isinstance(outcome, Raised), outcome
    assert outcome.type == "RecursionError"
    assert "repeated" in outcome.traceback
    assert len(outcome.traceback) < 2000
    assert any_server.value(WELL) == "well"


def test_a_crash_of_native_code(kernel_wall_alone: RunningServer) -> None:
    found = refusal(kernel_wall_alone, "import ctypes\nctypes.string_at(0)")
    assert (found.code, found.reason) == (grpc.StatusCode.ABORTED, "SANDBOX_DIED")
    assert "SIGSEGV" in found.message


def test_a_sandbox_that_exits_by_itself(kernel_wall_alone: RunningServer) -> None:
    found = refusal(kernel_wall_alone, "import os\nos._exit(0)")
    assert found.reason == "SANDBOX_DIED"


def test_a_fork_bomb(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import ctypes\n"
        "def bomb(model, tokenizer):\n"
        "    libc = ctypes.CDLL(None, use_errno=True)\n"
        "    while libc.fork() != -1: pass\n"
        "    raise OSError(ctypes.get_errno(), 'no more')"
    )
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Raised), outcome
    assert outcome.type == "PermissionError"
    assert kernel_wall_alone.value(WELL) == "well"


def test_a_thread_bomb(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import threading, time\n"
        "def bomb(model, tokenizer):\n"
        "    started = 0\n"
        "    try:\n"
        "        while True:\n"
        "            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "            started += 1\n"
        "    except RuntimeError as error:\n"
        "        return [started, str(error)]"
    )
    outcome = kernel_wall_alone.execute(source, timeout_s=30)
    assert isinstance(outcome, Returned), outcome
    started, why = outcome.value
    assert started < 300
    assert "thread" in why
    assert kernel_wall_alone.value(WELL) == "well"


def test_options_are_capped_by_the_server(server: RunningServer) -> None:
    from cloche.v1 import execution_pb2 as pb

    from tests.support.server import request

    call = request(WELL, timeout_s=1e6, memory_bytes=1 << 60)
    events = list(server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call)))
    accepted = events[0].accepted.options
    assert accepted.timeout.seconds == server.config.limits.timeout_max_s
    assert accepted.memory_bytes == server.config.limits.memory_max_bytes


def test_usage_says_what_a_call_took(server: RunningServer) -> None:
    source = """
import time, torch

def work(model, tokenizer):
    kept = torch.ones(50_000_000)
    time.sleep(0.3)
    return kept[0].item()
"""
    outcome = server.execute(source)
    assert isinstance(outcome, Returned)
    assert outcome.usage.wall_clock.ToMilliseconds() >= 300
    assert outcome.usage.cpu.ToMilliseconds() > 0
    assert outcome.usage.memory_peak_bytes > 150_000_000


def test_the_sum_of_all_calls_memory_is_bounded(server: RunningServer) -> None:
    """The second call waits until the first has given its share back."""
    share = int(machine.for_calls(machine.memory_bytes()) * 0.6)
    if share > server.info().limits.memory_max_bytes:
        pytest.skip("two calls at their most fit this machine")
    source = "import time\ndef f(model, tokenizer):\n    time.sleep(1)\n    return 1"
    order: list[str] = []

    def one() -> None:
        call = request(source, memory_bytes=share)
        for event in server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call)):
            kind = event.WhichOneof("event")
            if kind in ("accepted", "done"):
                order.append(kind)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(one) for _ in range(2)]:
            each.result(60)
    assert order == ["accepted", "done"] * 2


def test_a_short_call_has_used_memory_too(server: RunningServer) -> None:
    outcome = server.execute("def f(model, tokenizer):\n    return [1.5] * 100_000")
    assert isinstance(outcome, Returned), outcome
    assert outcome.usage.memory_peak_bytes > 400_000
