"""The model in this process, laid out as the zygote lays it out: the limit of what can be had."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from cloche.contract.config import ModelConfig
from cloche_server.models.demo import prepare_demo_model
from cloche_server.models.load import load as load_model
from cloche_server.models.local import LocalModel
from cloche_server.zygote import heap
from cloche_server.zygote.weights import cpu_fork
from platformdirs import user_cache_path


@dataclass(frozen=True)
class Bare:
    """What a function is called with."""

    model: Any
    tokenizer: Any


def load(path: Path, threads: int, *, to_fork: bool = False) -> Bare:
    """Loads it.

    Args:
        to_fork: with the heap gathered as the zygote's is, so that a fork of it is as cheap.
    """
    torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]
    local = LocalModel(path=path, name=str(path), revision=None)
    loaded = load_model(local, ModelConfig(name=str(path)))
    cpu_fork.hold(loaded.model)
    if to_fork:
        heap.settle()
    torch.set_num_threads(threads)
    return Bare(loaded.model, loaded.tokenizer)


def demo_model() -> Path:
    """Where the demo's model is, prepared first if it is not there."""
    return prepare_demo_model(user_cache_path("cloche"), lambda text, fraction: None)
