"""What the guards of the language wall cost: the same source under the wall and as plain Python.

One process, no sandbox, by turns, so that the machine's noise meets both. The workloads are the
files of `bench/workloads`; those named `model_*` run the demo's model, or with `--model tiny` one
so small that the guards' share is as large as it can be.

Run: `python -m bench.guard_overhead [NAME ...]`.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from cloche_server.walls.language import LanguageWall, compile_technique
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForCausalLM, AutoTokenizer

from bench.speed.bare import demo_model
from tests.support.tiny_model import build_tiny_model

WORKLOADS = Path(__file__).parent / "workloads"
#: The limits, and what each holds for.
LIMITS = {"pure": 4.0, "model": 1.03}

Work = Callable[[], Any]


@dataclass(frozen=True)
class Sample:
    """Seconds, one entry a round."""

    plain: list[float]
    guarded: list[float]

    def ratio(self) -> float:
        return statistics.median(self.guarded) / statistics.median(self.plain)

    def spread(self) -> tuple[float, float]:
        """Quartiles of the ratio of each guarded run to the plain one beside it."""
        pairs = zip(self.plain, self.guarded, strict=True)
        low, _, high = statistics.quantiles([guarded / plain for plain, guarded in pairs], n=4)
        return low, high


def plain_work(source: str, args: tuple[Any, ...]) -> Work:
    # dataclasses look a class's module up by name.
    module = sys.modules["technique"] = types.ModuleType("technique")
    exec(compile(source, "technique", "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return lambda: module.work(*args)


def guarded_work(wall: LanguageWall, source: str, args: tuple[Any, ...]) -> Work:
    namespace: dict[str, Any] = wall.namespace(write=print, progress=lambda *report: None)
    exec(compile_technique(source).code, namespace)  # noqa: S102  # our own source
    return lambda: namespace["work"](*args)


def measure(plain: Work, guarded: Work, rounds: int) -> Sample:
    assert plain() == guarded(), "the two must do the same"
    sample = Sample([], [])
    for turn in range(rounds):
        order = [(plain, sample.plain), (guarded, sample.guarded)]
        for work, times in order if turn % 2 else reversed(order):
            gc.collect()
            # Of the processor: what others do on the machine counts less.
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
    return sample


def load(where: str) -> tuple[Any, Any]:
    with tempfile.TemporaryDirectory() as folder:
        if where == "demo":
            path = demo_model()
        else:
            path = build_tiny_model(Path(folder)) if where == "tiny" else Path(where)
        model = AutoModelForCausalLM.from_pretrained(path, attn_implementation="eager")
        return model.eval(), AutoTokenizer.from_pretrained(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="workloads; default: all")
    parser.add_argument("--rounds", type=int, default=30, help="of the model's a fifth")
    parser.add_argument("--model", default="demo", help="demo, tiny, or a directory")
    options = parser.parse_args()
    paths = sorted(WORKLOADS.glob("*.py"))
    if options.names:
        paths = [each for each in paths if each.stem in options.names]
    torch.set_num_threads(1)
    needs_model = any(path.stem.startswith("model_") for path in paths)
    # Before the wall, as the zygote does: a model is built with kernels that the wall replaces.
    subjects = load(options.model) if needs_model else ()
    wall = LanguageWall.build()
    gc.collect()
    gc.freeze()  # else every collection walks torch
    python = ".".join(map(str, sys.version_info[:3]))
    table = Table(title=f"guards, Python {python}, {options.rounds} rounds")
    for heading in ("workload", "plain, ms", "guarded, ms", "ratio", "quartiles", "limit"):
        table.add_column(heading, justify="left" if heading == "workload" else "right")
    for path in paths:
        source = path.read_text()
        kind = "model" if path.stem.startswith("model_") else "pure"
        args = subjects if kind == "model" else ()
        rounds = options.rounds if kind == "pure" else max(2, options.rounds // 5)
        sample = measure(plain_work(source, args), guarded_work(wall, source, args), rounds)
        low, high = sample.spread()
        table.add_row(
            path.stem,
            f"{statistics.median(sample.plain) * 1e3:.2f}",
            f"{statistics.median(sample.guarded) * 1e3:.2f}",
            f"{sample.ratio():.2f}",
            f"{low:.2f}…{high:.2f}",
            f"{LIMITS[kind]:g}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
