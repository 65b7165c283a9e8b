"""Attention patterns as a table of entropies."""

import math

import numpy as np
import torch
from einops import rearrange, reduce


def technique(model, tokenizer, text="the cat sat on the mat"):
    model.set_attn_implementation("eager")
    with torch.no_grad():
        out = model(**tokenizer(text, return_tensors="pt"), output_attentions=True)
    stacked = torch.stack(out.attentions)  # layer batch head query key
    stacked = rearrange(stacked, "l b h q k -> (l b) h q k")
    entropy = -(stacked * (stacked + 1e-9).log()).sum(-1)
    per_head = reduce(entropy, "l h q -> l h", "mean")
    array = per_head.numpy()
    best = np.unravel_index(np.argmax(array), array.shape)
    return {
        "table": array,
        "best": tuple(int(i) for i in best),
        "limit": math.log(stacked.shape[-1]),
        "f": f"{array.mean():.3f} {array.shape!r:>10}",
    }
