"""Zeroes one attention head at a time through a pre-hook on the output projection."""

# ruff: noqa: UP035  # as people write it

from collections import Counter
from typing import Callable

import torch
import torch.nn.functional as F


def make_ablation(head: int, head_dim: int, mode: str = "zero") -> Callable:
    def pre_hook(module, args):
        (x, *rest) = args
        x = x.clone()
        cols = slice(head * head_dim, (head + 1) * head_dim)
        match mode:
            case "zero":
                x[..., cols] = 0
            case "mean":
                x[..., cols] = x[..., cols].mean(dim=(0, 1), keepdim=True)
            case other:
                raise ValueError(f"unknown mode {other!r}")
        return (x, *rest)

    return pre_hook


def technique(model, tokenizer):
    cfg = model.config
    head_dim = cfg.hidden_size // cfg.num_attention_heads
    inputs = tokenizer(["the cat sat on the mat"], return_tensors="pt")
    labels = inputs["input_ids"].clone()
    labels[:, 0] = -100
    with torch.inference_mode():
        base = model(**inputs, labels=labels).loss.item()
    table = torch.full((cfg.num_hidden_layers, cfg.num_attention_heads), float("nan"))
    hits = Counter()
    for mode in ("zero", "mean"):
        for layer, block in enumerate(model.transformer.h):
            for head in range(cfg.num_attention_heads):
                handle = block.attn.c_proj.register_forward_pre_hook(
                    make_ablation(head, head_dim, mode)
                )
                try:
                    with torch.inference_mode():
                        logits = model(**inputs).logits
                    loss = F.cross_entropy(
                        logits[:, :-1].reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1)
                    )
                    table[layer, head] = loss - base
                    hits[mode] += 1
                    hits.update([f"L{layer}H{head}"])
                finally:
                    handle.remove()
    assert not table.isnan().any(), "every head was visited"
    order = table.flatten().argsort(descending=True)
    names = [f"L{i // table.shape[1]}H{i % table.shape[1]}" for i in order.tolist()]
    try:
        make_ablation(0, 1, "median")(None, (torch.zeros(1),))
    except ValueError as e:
        message = str(e)
    return {
        "table": table,
        "names": names[:3],
        "hits": hits.most_common(2),
        "message": message,
        "percent": f"{100 * table.abs().max().item() / base:.1f}%",
    }
