"""What a warm call costs over the same function called bare, and what a sandbox costs in memory.

Both run in one session, by turns, on the same weights laid out the same way with the same number of
threads, so that the machine's noise meets both. Run: `python -m bench.call_overhead [MODEL]`, with
`--weights fork handles` for both ways in which sandboxes get the weights, one after the other.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloche_server.models.load import SINGLE_THREADED_ENV

# Before torch is imported: the same settings as the zygote's.
os.environ.update(SINGLE_THREADED_ENV)

import psutil
import torch
from cloche import InterpClient
from cloche.contract.config import ModelConfig
from cloche_server.models.demo import prepare_demo_model
from cloche_server.models.load import load
from cloche_server.models.local import LocalModel
from cloche_server.zygote.weights import cpu_fork as weights
from rich.console import Console
from rich.table import Table

WORKLOADS = {
    "trivial": """
def trivial(model, tokenizer):
    return 1
""",
    "forward pass": """
import torch

def forward(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return model(ids).logits[0, -1].topk(5).indices.tolist()
""",
    "hooks on every layer": """
import torch

def hooked(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    norms = []
    handles = [
        module.register_forward_hook(lambda module, args, output: norms.append(1.0))
        for module in model.modules()
        if isinstance(module, torch.nn.Linear)
    ]
    with torch.no_grad():
        model(ids)
    for handle in handles:
        handle.remove()
    return len(norms)
""",
    "generate 10 tokens": """
def generate(model, tokenizer):
    inputs = tokenizer("The capital of France is", return_tensors="pt")
    out = model.generate(**inputs, max_new_tokens=10, do_sample=False)
    return tokenizer.decode(out[0])
""",
}


@dataclass(frozen=True)
class Sample:
    """Seconds, one entry a repetition."""

    bare: list[float]
    served: list[float]


def compile_bare(source: str, model: Any, tokenizer: Any) -> Callable[[], Any]:
    """The function as plain Python."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102  # our own source, above
    name = source.partition("def ")[2].partition("(")[0]
    function = namespace[name]
    return lambda: function(model, tokenizer)


def seconds(function: Callable[[], Any]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def measure(
    client: InterpClient, source: str, bare: Callable[[], Any], callers: int, rounds: int
) -> Sample:
    """One bare call, then `callers` served at once, by turns; served time is wall clock a call."""
    assert bare() == client.run(source), "the two must do the same"
    sample = Sample([], [])
    with ThreadPoolExecutor(callers) as pool:
        for _ in range(rounds):
            sample.bare.append(seconds(bare))
            time.sleep(0.05)  # the pool is refilled after a call; callers are not machine guns

            def burst() -> None:
                list(pool.map(lambda _: client.run(source), range(callers)))

            sample.served.append(seconds(burst) / callers)
            time.sleep(0.05)
    return sample


def milliseconds(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle * 1e3:.1f} ({low * 1e3:.1f}…{high * 1e3:.1f})"


def sandbox_memory(parent: int) -> list[int]:
    """Bytes that are each idle sandbox's alone: what it shares with the zygote does not count."""
    found = []
    for process in psutil.Process(parent).children(recursive=True):
        above = process.parent()
        over = above.parent() if above else None
        if over and "cloche_server.zygote.launcher" in over.cmdline():
            found.append(process.memory_full_info().uss)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", help="a model directory; default: the demo's model")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--weights", nargs="+", choices=("fork", "handles"), default=["fork"])
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    path = Path(options.model) if options.model else demo_model()
    console = Console()
    loaded = load(LocalModel(path=path, name=str(path), revision=None), ModelConfig(name=str(path)))
    torch.set_num_threads(options.threads)
    torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]
    weights.hold(loaded.model)
    for way in options.weights:
        report(console, path, way, loaded, options)


def report(console: Console, path: Path, way: Any, loaded: Any, options: Any) -> None:
    """Prints a table for sandboxes that get the weights in this way."""
    title = f"{path.name}, weights by {way}, {options.threads} threads, {options.rounds} rounds, ms"
    table = Table(title=title)
    for heading in ("workload", "callers", "bare", "served, a call", "overhead", "ratio"):
        table.add_column(heading, justify="left" if heading == "workload" else "right")
    with InterpClient(model_name=str(path), threads=options.threads, weights=way) as client:
        time.sleep(1)
        memory = sandbox_memory(os.getpid())
        for name, source in WORKLOADS.items():
            bare = compile_bare(source, loaded.model, loaded.tokenizer)
            for callers in (1, 8):
                sample = measure(client, source, bare, callers, options.rounds)
                pairs = list(zip(sample.bare, sample.served, strict=True))
                overhead = [served - alone for alone, served in pairs]
                ratio = statistics.median(served / alone for alone, served in pairs)
                table.add_row(
                    name, str(callers), milliseconds(sample.bare), milliseconds(sample.served),
                    milliseconds(overhead), f"{ratio:.2f}" if ratio < 100 else "–",
                )  # fmt: skip
    console.print(table)
    console.print("median (quartiles). Overhead and ratio pair each served call with a bare one.")
    console.print(
        f"memory of an idle sandbox's own: {statistics.median(memory) / 1e6:.1f} MB "
        f"(median of {len(memory)})"
    )


def demo_model() -> Path:
    from platformdirs import user_cache_path

    return prepare_demo_model(user_cache_path("cloche"), lambda text, fraction: None)


if __name__ == "__main__":
    main()
