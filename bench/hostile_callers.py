"""What the worst callers cost an honest one: its latency, the front's memory, the limits it keeps.

`python -m bench.hostile_callers MODEL [--seconds N] [--callers N] [--kind KIND ...]`, with a server
of its own. Hostile callers run in a process of their own, through plain stubs. The honest one comes
from another address, where the machine has IPv6, but for the kinds that say otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import psutil
from cloche.contract.config import Limits, ModelConfig, ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

SERVICE = "/cloche.v1.ExecutionService"
TRIVIAL = "def f(model, tokenizer): return 1"
SLEEP = "import time\ndef f(model, tokenizer, *given): time.sleep(60)"
BYTES = "def f(model, tokenizer): return b'x' * (64 << 20)"
LOUD = "def f(model, tokenizer):\n    for _ in range(800): print('x' * 20_000)"
GROWS = """
import torch
def f(model, tokenizer):
    kept = []
    while True: kept.append(torch.ones(1 << 20))
"""
MEMORY = 256 << 20
TIMEOUT_S = 1.0
_TURN_S = 0.02
# Two addresses of one machine; where it has no IPv6, one.
NEAR = "127.0.0.1"
FAR = "[::1]" if socket.has_dualstack_ipv6() else NEAR
SAME_ADDRESS = ", from the same address"


@dataclass
class Row:
    """What was seen beside one kind of hostile caller."""

    kind: str
    info_s: list[float] = field(default_factory=list)
    call_s: list[float] = field(default_factory=list)
    busy: int = 0
    failed: list[str] = field(default_factory=list)
    front_peak_bytes: int = 0
    late_s: float = 0.0
    over_bytes: int = 0

    def __str__(self) -> str:
        return (
            f"| {self.kind} | {_ms(self.info_s)} | {_ms(self.call_s)} | {self.busy} | "
            f"{self.front_peak_bytes >> 20} | {self.late_s * 1000:.0f} | {self.over_bytes >> 20} |"
        )


HEAD = """\
| beside | info(), ms p50/p99 | trivial call, ms p50/p99 | told BUSY | front, MiB at most | \
timeout of 1 s late by ms | memory over its limit, MiB |
|---|---|---|---|---|---|---|"""


def main(arguments: list[str] | None = None) -> list[Row]:
    """Prints the table, and returns its rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--kind", action="append", choices=sorted(HOSTILE))
    parser.add_argument("--hostile", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.hostile:
        _be_hostile(HOSTILE[given.hostile], given.model, given.seconds, given.callers)
        return []
    rows = []
    with _serving(given.model) as (process, port):
        print(HEAD)
        for kind in ("nobody", *(given.kind or HOSTILE)):
            near, far = (f"{host}:{port}" for host in (NEAR, FAR))
            with _beside(kind, near, given):
                address = near if kind.endswith(SAME_ADDRESS) else far
                rows.append(_measured(kind, process, address, given.seconds))
            print(rows[-1], flush=True)
            time.sleep(1)
    return rows


@contextlib.contextmanager
def _serving(model: str) -> Iterator[tuple[psutil.Process, int]]:
    with tempfile.TemporaryDirectory(prefix="cloche-bench-") as folder:
        # Over TCP, where gRPC tells connections apart: those of a Unix socket are one caller.
        with socket.create_server((NEAR, 0)) as free:
            port = free.getsockname()[1]
        config = ServerConfig(
            model=ModelConfig(name=model),
            listen=f"{'[::]' if FAR != NEAR else NEAR}:{port}",
            limits=Limits(timeout_max_s=120.0),
            unprotected=True,  # [::] reaches further than this machine
        )
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "cloche_server"], stdin=subprocess.PIPE, stderr=log
            )
        assert process.stdin is not None  # a pipe, see above
        process.stdin.write(config.to_json().encode() + b"\n")
        process.stdin.flush()
        try:
            with _channel(f"{NEAR}:{port}") as channel:
                stub = rpc.ExecutionServiceStub(channel)
                while not _is_ready(stub):
                    if process.poll() is not None:
                        raise SystemExit((Path(folder) / "log").read_text())
                    time.sleep(0.1)
            yield psutil.Process(process.pid), port
        finally:
            process.stdin.close()
            process.wait(30)


def _is_ready(stub: rpc.ExecutionServiceStub) -> bool:
    try:
        info = stub.GetServerInfo(pb.GetServerInfoRequest(), timeout=5)
    except grpc.RpcError:
        return False
    return info.state == pb.SERVER_STATE_READY


@contextlib.contextmanager
def _beside(kind: str, address: str, given: argparse.Namespace) -> Iterator[None]:
    if kind == "nobody":
        yield
        return
    command = [
        sys.executable, "-m", "bench.hostile_callers", address, "--hostile", kind,
        "--seconds", str(given.seconds + 300), "--callers", str(given.callers),
    ]  # fmt: skip
    hostile = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert hostile.stdout is not None  # a pipe, see above
        hostile.stdout.readline()  # they have begun
        time.sleep(1)
        yield
    finally:
        hostile.kill()
        hostile.wait()


def _measured(kind: str, front: psutil.Process, address: str, seconds: float) -> Row:
    row = Row(kind)
    over = threading.Event()
    with _channel(address) as channel, _channel(address) as another:
        watching = [
            threading.Thread(target=_watch, args=(row, front, over)),
            threading.Thread(target=_ask, args=(row, rpc.ExecutionServiceStub(another), over)),
        ]
        for thread in watching:
            thread.start()
        stub = rpc.ExecutionServiceStub(channel)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _call(row, stub)
            time.sleep(_TURN_S)
        row.late_s = _late(row, stub)
        _grow(stub)
        over.set()
        for thread in watching:
            thread.join()
    return row


def _ask(row: Row, stub: rpc.ExecutionServiceStub, over: threading.Event) -> None:
    while not over.is_set():
        began = time.monotonic()
        stub.GetServerInfo(pb.GetServerInfoRequest(), timeout=60)
        row.info_s.append(time.monotonic() - began)
        time.sleep(_TURN_S)


def _watch(row: Row, front: psutil.Process, over: threading.Event) -> None:
    """The front's memory, and what sandboxes have beyond what they had when first seen."""
    first: dict[int, int] = {}
    while not over.is_set():
        row.front_peak_bytes = max(row.front_peak_bytes, front.memory_info().rss)
        for process in front.children(recursive=True):
            with contextlib.suppress(psutil.Error, OSError):
                anonymous = _anonymous_bytes(process.pid)
                grown = anonymous - first.setdefault(process.pid, anonymous)
                row.over_bytes = max(row.over_bytes, grown - MEMORY)
        time.sleep(0.02)


def _anonymous_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def _call(row: Row, stub: rpc.ExecutionServiceStub) -> None:
    began = time.monotonic()
    try:
        stub.Execute(pb.ExecuteRequest(call=_request(TRIVIAL, 60)), timeout=120)
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
            row.busy += 1
        else:
            row.failed.append(_said(error))
    else:
        row.call_s.append(time.monotonic() - began)


def _late(row: Row, stub: rpc.ExecutionServiceStub) -> float:
    """How much later than its time a call was ended, as the server's own clock has it."""
    accepted = 0.0
    try:
        for event in stub.ExecuteStream(
            pb.ExecuteStreamRequest(call=_request(SLEEP, TIMEOUT_S)), timeout=120
        ):
            if event.HasField("accepted"):
                accepted = time.monotonic()
    except grpc.RpcError as error:
        if accepted:
            return time.monotonic() - accepted - TIMEOUT_S
        row.failed.append(_said(error))
    return 0.0


def _grow(stub: rpc.ExecutionServiceStub) -> None:
    with contextlib.suppress(grpc.RpcError):
        call = _request(GROWS, 20)
        call.options.memory_bytes = MEMORY
        stub.Execute(pb.ExecuteRequest(call=call), timeout=120)


def _said(error: grpc.RpcError) -> str:
    return f"{error.code().name}: {error.details()}" if isinstance(error, grpc.Call) else str(error)


def _request(source: str, timeout_s: float = 30.0) -> pb.Call:
    call = pb.Call(technique=pb.Technique(source=source))
    call.options.timeout.FromMilliseconds(int(timeout_s * 1000))
    return call


def _channel(address: str) -> grpc.Channel:
    return grpc.insecure_channel(
        address,
        options=[
            ("grpc.max_send_message_length", -1),
            ("grpc.max_receive_message_length", -1),
            ("grpc.use_local_subchannel_pool", 1),
        ],
    )


def _ms(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "/".join(f"{each * 1000:.1f}" for each in seconds) or "-"
    return (
        f"{statistics.median(seconds) * 1000:.1f}/"
        f"{statistics.quantiles(seconds, n=100)[98] * 1000:.1f}"
    )


# Each of these makes one hostile caller's next request on its channel, and returns what to keep.


def _large_source(channel: grpc.Channel) -> object:
    return _unread(channel, _request("é" * (90 << 20)))


def _large_arguments(channel: grpc.Channel) -> object:
    call = _request(SLEEP)
    call.args = b"\x91\xc6" + (4_000_000).to_bytes(4, "big") + bytes(4_000_000)
    return _unread(channel, call)


def _unread(channel: grpc.Channel, call: pb.Call) -> object:
    method = channel.unary_stream(
        f"{SERVICE}/ExecuteStream", request_serializer=pb.ExecuteStreamRequest.SerializeToString
    )
    return method(pb.ExecuteStreamRequest(call=call))


def _silent_upload(channel: grpc.Channel) -> object:
    def silence() -> Iterator[pb.ExecuteUploadRequest]:
        upload = pb.Upload(call=_request(TRIVIAL, 1), args_bytes=1 << 30)
        yield pb.ExecuteUploadRequest(upload=upload)
        time.sleep(600)

    method = channel.stream_stream(
        f"{SERVICE}/ExecuteUpload", request_serializer=pb.ExecuteUploadRequest.SerializeToString
    )
    return method(silence())


def _silent_request(channel: grpc.Channel) -> object:
    def silence() -> Iterator[bytes]:
        time.sleep(600)
        yield b""

    return channel.stream_stream(f"{SERVICE}/ExecuteStream")(silence())


def _unasked_messages(channel: grpc.Channel) -> object:
    def messages() -> Iterator[bytes]:
        yield pb.ExecuteStreamRequest(call=_request(SLEEP)).SerializeToString()
        for _ in range(8):
            yield bytes(4_000_000)
        time.sleep(600)

    return channel.stream_stream(f"{SERVICE}/ExecuteStream")(messages())


def _health_watch(channel: grpc.Channel) -> object:
    name = os.urandom(8).hex() + "n" * 4_000_000
    return health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=name))


HOSTILE: dict[str, Callable[[grpc.Channel], object]] = {
    "sources of 180 MiB": _large_source,
    "inline arguments of 4 MiB": _large_arguments,
    "messages that nobody asked for": _unasked_messages,
    "uploads that send nothing": _silent_upload,
    "requests that send nothing": _silent_request,
    "results that nobody reads": lambda channel: _unread(channel, _request(BYTES, 1)),
    "prints that nobody reads": lambda channel: _unread(channel, _request(LOUD, 1)),
    "watchers of long names": _health_watch,
    "a crowd of trivial calls": lambda channel: _unread(channel, _request(TRIVIAL)),
    f"a crowd of trivial calls{SAME_ADDRESS}": lambda channel: _unread(channel, _request(TRIVIAL)),
}


def _be_hostile(
    ask: Callable[[grpc.Channel], object], address: str, seconds: float, callers: int
) -> None:
    end = time.monotonic() + seconds
    kept: list[Any] = []
    with contextlib.ExitStack() as stack:
        channels = [stack.enter_context(_channel(address)) for _ in range(min(callers, 64))]
        print("begun", flush=True)
        while time.monotonic() < end:
            kept = [call for call in kept if not call.done()]
            for number in range(callers - len(kept)):
                kept.append(ask(channels[number % len(channels)]))
            time.sleep(0.2)


if __name__ == "__main__":
    main()
