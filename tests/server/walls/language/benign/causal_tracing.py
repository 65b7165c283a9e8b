"""Causal tracing: noise on the subject, one state restored at a time, averaged over seeds."""

# ruff: noqa: E741  # as people write it

from __future__ import annotations

import itertools
import statistics
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class TraceConfig:
    noise: float = 0.5
    seeds: tuple[int, ...] = (0, 1)
    window: int = 1
    labels: list[str] = field(default_factory=lambda: ["resid"], compare=False)


@dataclass
class Trace:
    config: TraceConfig
    scores: np.ndarray
    low: float = float("nan")

    @property
    def best(self) -> tuple[int, int]:
        return tuple(int(i) for i in np.unravel_index(self.scores.argmax(), self.scores.shape))

    def __len__(self) -> int:
        return self.scores.shape[0]


def technique(model, tokenizer, prompt="the big dog sat", subject=(1, 3)):
    config = replace(TraceConfig(), noise=0.3)
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    blocks = model.transformer.h
    n_layers, n_tokens = len(blocks), ids.shape[1]
    clean = {}

    def grab(i):
        def hook(_m, _args, out):
            clean[i] = (out[0] if isinstance(out, tuple) else out).clone()

        return hook

    hs = [b.register_forward_hook(grab(i)) for i, b in enumerate(blocks)]
    try:
        with torch.no_grad():
            base = F.softmax(model(ids).logits[0, -1], dim=-1)
    finally:
        [h.remove() for h in hs]
    answer = int(base.argmax())

    def run(seed, restore=None):
        gen = torch.Generator().manual_seed(seed)

        def corrupt(_m, _args, out):
            lo, hi = subject
            out = out.clone()
            out[:, lo:hi] += config.noise * torch.randn(out[:, lo:hi].shape, generator=gen)
            return out

        handles = [model.transformer.wte.register_forward_hook(corrupt)]
        if restore is not None:
            layer, tok = restore
            for l in range(max(0, layer - config.window), min(n_layers, layer + 1)):

                def put_back(_m, _args, out, l=l):
                    hidden = out[0] if isinstance(out, tuple) else out
                    hidden[:, tok] = clean[l][:, tok]
                    return out

                handles.append(blocks[l].register_forward_hook(put_back))
        try:
            with torch.no_grad():
                return torch.softmax(model(ids).logits[0, -1], -1)[answer].item()
        finally:
            for h in handles:
                h.remove()

    low = statistics.fmean(run(s) for s in config.seeds)
    scores = np.zeros((n_layers, n_tokens))
    for (layer, tok), seed in itertools.product(
        itertools.product(range(n_layers), range(n_tokens)), config.seeds
    ):
        scores[layer, tok] += run(seed, restore=(layer, tok)) / len(config.seeds)
    scores -= low
    result = Trace(config, scores, low=low)
    summary = asdict(config)
    summary["best"] = result.best
    summary["rows"] = len(result)
    summary["max"] = round(float(scores.max()), 6)
    summary["noise"] = f"{config.noise:.2f}"
    return summary, scores, config == TraceConfig(noise=0.3)
