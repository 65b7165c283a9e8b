"""How fast a large result comes, and what of a call's time is the wire's.

A server with a tiny model, one stream, a float32 tensor; beside it, in the same run, the same bytes
through a plain socket. Run: `python -m bench.large_results [--mib N] [--rounds N]`.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from cloche import InterpClient
from cloche.contract.config import Limits, ModelConfig, ServerConfig
from rich.console import Console
from rich.table import Table

from tests.support.memory import growth
from tests.support.server import running_server
from tests.support.tiny_model import build_tiny_model

MIB = 1 << 20
LARGE = """
import torch

def large(model, tokenizer, count):
    return torch.ones(count)
"""
TAKE = """
def take(model, tokenizer, tensor):
    return tensor.nbytes
"""
TRIVIAL = "def trivial(model, tokenizer):\n    return 1"
PIECE = 1 << 20


def through_socket(size: int, *, whole: bool) -> float:
    """Seconds for `size` bytes over TCP on loopback; `whole`: kept, not only received."""
    listener = socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if not child:
        with socket.create_connection(listener.getsockname()) as sending:
            data = memoryview(bytearray(size))
            sending.recv(1)
            for start in range(0, size, PIECE):
                sending.sendall(data[start : start + PIECE])
        os._exit(0)
    with listener, listener.accept()[0] as receiving:
        time.sleep(0.5 + size / (2 << 30))  # the child fills its memory
        room = memoryview(np.empty(size if whole else PIECE, np.uint8)).cast("B")
        started = time.perf_counter()
        receiving.sendall(b"x")
        received = 0
        while received < size:
            received += receiving.recv_into(room[received:] if whole else room)
        took = time.perf_counter() - started
    os.waitpid(child, 0)
    return took


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def quartiles(values: list[float], form: str) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:{form}} ({low:{form}}…{high:{form}})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="of the tensor")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    size = options.mib * MIB
    limits = Limits(
        result_max_bytes=size + MIB,
        result_default_bytes=size + MIB,
        arguments_max_bytes=size + MIB,
        memory_default_bytes=3 * size + 512 * MIB,
    )
    with tempfile.TemporaryDirectory() as folder:
        model = ModelConfig(name=str(build_tiny_model(Path(folder))), threads=1)
        config = ServerConfig(model=model, limits=limits, pool_size=1)
        with running_server(config) as server, InterpClient(address=server.address) as client:
            measure(client, psutil.Process(server.process.pid), size, options.rounds)


def measure(client: InterpClient, front: psutil.Process, size: int, rounds: int) -> None:
    """By turns, so that whatever else the machine does meets all."""
    table = Table(title=f"{size / MIB:.0f} MiB of float32, {rounds} rounds")
    for heading in ("", "GB/s", "front grows by, MiB", "front's processor time, s"):
        table.add_column(heading, justify="right" if heading else "left")
    tensor = np.ones(size // 4, np.float32)
    ways: dict[str, Callable[[], object]] = {
        "result": lambda: client.run(LARGE, size // 4),
        "argument": lambda: client.run(TAKE, tensor),
    }
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        for whole in (False, True):
            name = f"socket, {'kept' if whole else 'received only'}"
            took.setdefault(name, []).append(through_socket(size, whole=whole))
        for name, work in ways.items():
            client.run(TRIVIAL)
            time.sleep(0.5)
            cpu = sum(front.cpu_times()[:2])
            with growth(front) as peak:
                took.setdefault(name, []).append(seconds(work))
            took.setdefault(f"{name} peak", []).append(peak() / MIB)
            took.setdefault(f"{name} cpu", []).append(sum(front.cpu_times()[:2]) - cpu)
    for name in [name for name in took if not name.endswith((" peak", " cpu"))]:
        rates = [size / each / 1e9 for each in took[name]]
        more = [took.get(f"{name} {what}", []) for what in ("peak", "cpu")]
        table.add_row(
            name, quartiles(rates, ".2f"),
            *(quartiles(values, ".2f") if values else "" for values in more),
        )  # fmt: skip
    console = Console(width=120)
    console.print(table)
    for name in ways:
        pairs = zip(took[name], took["socket, kept"], strict=True)
        ratios = [served / plain for served, plain in pairs]
        console.print(f"time of {name} / of socket, kept: {quartiles(ratios, '.2f')}")


if __name__ == "__main__":
    main()
