"""Which process a call's processor time goes to: where the front would become the limit.

`python -m bench.front_share MODEL [--calls N] [--callers N]`, with an embedded server.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import psutil
from cloche import InterpClient

from bench.speed.processor import spent_s

TRIVIAL = "def f(model, tokenizer, x): return 1"
BYTES = "def f(model, tokenizer, x): return b'x' * (16 << 20)"


def main() -> None:
    """Prints milliseconds of processor time for each call, and calls a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--callers", type=int, default=8)
    given = parser.parse_args()
    with InterpClient(model_name=given.model, progress=False) as client:
        for name, source, calls in (("1 back", TRIVIAL, given.calls), ("16 MiB back", BYTES, 20)):

            def run(count: int, source: str = source) -> None:
                client.map(source, range(count), concurrency=given.callers)

            run(given.callers)
            print(f"{name}: {_measured(lambda: run(calls), calls)}")  # noqa: B023  # called here


def _measured(run: Callable[[], None], calls: int) -> str:
    before, started = _processor_s(), time.perf_counter()
    run()
    seconds = time.perf_counter() - started
    spent = {name: 1000 * (now - before[name]) / calls for name, now in _processor_s().items()}
    parts = ", ".join(f"{name} {value:.1f} ms" for name, value in spent.items())
    return f"{parts}; {calls / seconds:.0f} calls/s"


def _processor_s() -> dict[str, float]:
    """Of this process; of the front; and of all below it, sandboxes that have ended too."""
    (front,) = psutil.Process().children()
    below = front.children(recursive=True)
    return {
        "client": _own(psutil.Process()),
        "front": _own(front),
        "zygote and sandboxes": spent_s(*below),
    }


def _own(process: psutil.Process) -> float:
    times: Any = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
