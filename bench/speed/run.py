"""Measures every way once, in one run, and writes what it took."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cloche import InterpClient
from rich.console import Console

from bench.speed import machine, measure, report, ways
from bench.speed.bare import demo_model, load
from bench.speed.fresh import first_answer_s
from bench.speed.warm import Warm
from bench.speed.workloads import WORKLOADS, Workload

# Calls of one turn of many callers, by workload.
_BURSTS: Final = {"trivial": 192, "forward pass": 24}
_CALLERS: Final = (1, 8, 64)
_STARTS: Final = 3


def main() -> None:
    options = _options()
    console = Console()
    with console.status("loading the model, three times") as status:
        run = _run(options, lambda text: status.update(text))
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "speed.json").write_text(report.as_json(run))
    (options.to / "speed.md").write_text(report.as_markdown(run))
    report.draw(run, options.to)
    console.print(report.as_markdown(run))
    for name, value in report.summary(run).items():
        console.print(f"{name}: {value:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, help="a directory; default: the demo's")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--turns", type=int, default=3, help="of many callers")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--weights", choices=("fork", "handles"), default="fork")
    parser.add_argument("--to", type=Path, default=Path("bench/results"))
    options = parser.parse_args()
    if options.model is None:
        options.model = demo_model()
    return options


def _run(options: argparse.Namespace, note: Callable[[str], None]) -> report.Run:
    path, threads = options.model, options.threads
    before, started = machine.Busy.now(), time.perf_counter()
    trivial = _named("trivial")
    first = {
        "a process with nothing but transformers": [
            first_answer_s(path, threads, trivial.source) for _ in range(_STARTS)
        ],
        "Cloche, embedded": [_first_answer_s(options, trivial) for _ in range(_STARTS)],
    }
    model = load(path, threads)
    with (
        Warm(path, threads, fork=False) as process,
        Warm(path, threads, fork=True) as forking,
        ways.cloche(path, threads, options.weights) as server,
    ):
        bare = ways.bare(model)
        every = (
            bare,
            ways.warm("cloudpickle, warm process", process),
            ways.warm("cloudpickle, bare fork", forking),
            *server.ways(),
        )
        calls = {
            each.name: measure.one_by_one(every, each, options.rounds, note) for each in WORKLOADS
        }
        time.sleep(2)
        memory = measure.memory(server.sandboxes())
        bursts, rates = [], {}
        for name, count in _BURSTS.items():
            workload = _named(name)
            if workload is not trivial:  # which bare takes next to nothing
                call = bare.prepared(workload)
                rates[name] = [measure.one_after_another(call, count) for _ in range(options.turns)]
            for way in server.ways()[:2]:
                for callers in _CALLERS:
                    note(f"{name}: {way.name}, {callers} callers")
                    bursts.append(measure.burst(way, workload, callers, count, options.turns))
        others = machine.Busy.now().others_since(before, time.perf_counter() - started)
    return report.Run(
        machine=machine.facts(),
        others=others,
        model=path.name,
        threads=threads,
        calls=calls,
        bursts=bursts,
        bare_rates=rates,
        memory=memory,
        first_answer_s=first,
    )


def _named(name: str) -> Workload:
    return next(each for each in WORKLOADS if each.name == name)


def _first_answer_s(options: argparse.Namespace, workload: Workload) -> float:
    started = time.perf_counter()
    with InterpClient(
        model_name=options.model, threads=options.threads, weights=options.weights, progress=False
    ) as client:
        client.run(workload.source)
        return time.perf_counter() - started
