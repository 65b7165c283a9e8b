"""Whether a sandbox costs the same whatever the model's size: random models, served one by one.

Run: `python -m bench.fork_scale [--gigabytes 0.1 1 4] [--rounds N]`. Each model is built in a
temporary directory and takes its size there and three times that in memory while it loads.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.utils.logging import disable_progress_bar

from bench.speed import measure, ways
from bench.speed.sample import Spread
from bench.speed.workloads import WORKLOADS
from tests.support.tiny_model import build_tiny_model

_HIDDEN: Final = 1024
_CALLS: Final = 96


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.1, 1.0, 4.0])
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    disable_progress_bar()
    table = Table(title="a trivial call, and the sandbox that runs it, by the model's size")
    for heading in ("weights, GB", "call, ms", "calls/s, 8 callers", "CPU a call, ms", "own MB"):
        table.add_column(heading, justify="right")
    for gigabytes in options.gigabytes:
        with tempfile.TemporaryDirectory() as folder:
            table.add_row(*_row(_build(Path(folder), gigabytes), options.rounds))
    Console().print(table)


def _build(folder: Path, gigabytes: float) -> Path:
    """A Llama of about so many bytes of random float32 weights, with a tiny one's tokenizer."""
    AutoTokenizer.from_pretrained(build_tiny_model(folder / "tiny")).save_pretrained(folder)
    wide = LlamaConfig(
        hidden_size=_HIDDEN, intermediate_size=4 * _HIDDEN, num_attention_heads=16,
        num_hidden_layers=1, vocab_size=512,
    )  # fmt: skip
    with torch.device("meta"):
        one = sum(each.numel() for each in LlamaForCausalLM(wide).parameters())
        wide.num_hidden_layers = 2
        layer = sum(each.numel() for each in LlamaForCausalLM(wide).parameters()) - one
    wide.num_hidden_layers = max(1, round((gigabytes * 1e9 / 4 - (one - layer)) / layer))
    LlamaForCausalLM(wide).save_pretrained(folder)
    return folder


def _row(model: Path, rounds: int) -> tuple[str, ...]:
    trivial = WORKLOADS[0]
    with ways.cloche(model, 1, "fork") as server:
        way = server.ways()[0]
        calls = measure.one_by_one([way], trivial, rounds, lambda text: None)[way.name]
        time.sleep(1)
        own = median(measure.memory(server.sandboxes()).private)
        burst = measure.burst(way, trivial, 8, _CALLS, 3)
        size = server.client.info().model.weight_bytes
    found = Spread.of(calls.seconds)
    return (
        f"{size / 1e9:.2f}",
        f"{1e3 * found.median:.1f} ({1e3 * found.low:.1f}…{1e3 * found.high:.1f})",
        f"{median(burst.calls_per_s):.0f}",
        f"{median(burst.processor_ms):.1f}",
        f"{own / 1e6:.1f}",
    )


if __name__ == "__main__":
    main()
