"""A process for each call: imports, loads the model, runs a technique, ends.

Run: `python -m bench.speed.fresh MODEL THREADS`, with the technique's source on standard input.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def first_answer_s(model: Path, threads: int, source: str) -> float:
    """Seconds from the process's start to its answer."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "bench.speed.fresh", str(model), str(threads)]
    subprocess.run(command, input=source, text=True, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(int(sys.argv[2]))
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    model: Any = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)
    namespace: dict[str, Any] = {}
    exec(sys.stdin.read(), namespace)  # noqa: S102  # our own source
    print(namespace["work"](model, tokenizer), flush=True)
    os._exit(0)  # what an interpreter does at its end is no part of it


if __name__ == "__main__":
    main()
