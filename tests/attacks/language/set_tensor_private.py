"""Class: module gadget. Source: own find. Escape: a tensor is given a note that torch or
transformers believe, or one that torch keeps is replaced."""

import torch
from torch import nn


def attack(model, tokenizer, address):
    x = torch.zeros(2)
    for holder, name, value in (
        (x, "_is_param", True),
        (x, "_is_buffer", True),
        (model.lm_head.weight, "_is_hf_initialized", False),
        (nn.Buffer(x), "persistent", [1]),
        (x, "shape", (9,)),
        (x, "__array_" + "interface__", {}),
        (x, "own", iter(())),
    ):
        try:
            setattr(holder, name, value)
        except Exception:
            continue
        return "canary-" + "5d1f"
