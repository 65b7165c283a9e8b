"""What the wire takes of a trivial call, and how soon a cancelled call's sandbox is gone.

Run: `python -m bench.wire_latency [--rounds N]`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from cloche import wire
from cloche.contract.config import ModelConfig, ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.support.server import RunningServer, request, running_server
from tests.support.tiny_model import build_tiny_model

TRIVIAL = "def trivial(model, tokenizer):\n    return 1"
SPIN = "def spin(model, tokenizer):\n    while True: pass"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        model = ModelConfig(name=str(build_tiny_model(Path(folder))), threads=1)
        with running_server(ServerConfig(model=model, pool_size=2)) as server:
            trivial(server, rounds)
            cancelled(server, rounds)


def trivial(server: RunningServer, rounds: int) -> None:
    whole, sandbox, front, codec, hop = [], [], [], [], []
    for _ in range(rounds):
        server.idle_sandboxes()
        started = time.perf_counter()
        server.info()
        hop.append(time.perf_counter() - started)
        cpu = time.process_time()
        message = pb.ExecuteRequest(call=request(TRIVIAL)).SerializeToString()
        started = time.perf_counter()
        answer = server.stub.Execute(pb.ExecuteRequest.FromString(message))
        whole.append(time.perf_counter() - started)
        wire.decode(answer.result)
        codec.append(time.process_time() - cpu)
        sandbox.append(answer.usage.wall_clock.ToNanoseconds() / 1e9)
        front.append(whole[-1] - sandbox[-1])
    print(f"trivial call, {rounds} rounds, ms: median (quartiles)")
    for name, values in {
        "whole call": whole,
        "of it, from job to answer (sandbox)": sandbox,
        "of it, the rest (wire, taking a sandbox)": front,
        "an RPC that does nothing much (GetServerInfo)": hop,
        "client's processor time, codec and gRPC": codec,
    }.items():
        print(f"  {name}: {milliseconds(values)}")


def cancelled(server: RunningServer, rounds: int) -> None:
    """From the cancellation until the kernel knows the sandbox no more, asked every 0.2 ms."""
    took = []
    for _ in range(rounds):
        idle = server.idle_sandboxes()
        call = server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SPIN)))
        next(call)
        time.sleep(0.1)
        started = time.perf_counter()
        call.cancel()
        while all(running(process) for process in idle):
            time.sleep(0.0002)
        took.append(time.perf_counter() - started)
    print(f"cancelled call, until its sandbox is gone, {rounds} rounds, ms: {milliseconds(took)}")
    print(f"  the longest: {max(took) * 1e3:.1f}")


def running(process: psutil.Process) -> bool:
    return Path(f"/proc/{process.pid}").exists()


def milliseconds(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle * 1e3:.2f} ({low * 1e3:.2f}…{high * 1e3:.2f})"


if __name__ == "__main__":
    main()
