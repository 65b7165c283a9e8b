"""Attention patterns on repeated tokens: induction and previous-token scores for every head."""

# ruff: noqa: B905, RUF059, UP033  # as people write it

import random
from collections import namedtuple
from functools import lru_cache, reduce
from operator import itemgetter, mul

import torch

Head = namedtuple("Head", "layer index score", defaults=(0.0,))


@lru_cache(maxsize=None)
def offsets(n, shift):
    return tuple((i, i - shift) for i in range(shift, n))


def technique(model, tokenizer, length=6):
    random.seed(3)
    model.set_attn_implementation("eager")
    ids = random.sample(range(3, 13), k=length)
    batch = torch.tensor([ids * 2])
    with torch.no_grad():
        out = model(batch, output_attentions=True)
    n = batch.shape[1]
    scores = {"previous": [], "induction": []}
    for layer, attn in enumerate(out.attentions):
        b, h, q, k = attn.shape
        assert (q, k) == (n, n)
        for name, shift in (("previous", 1), ("induction", length - 1)):
            rows, cols = zip(*offsets(n, shift))
            picked = attn[0, :, list(rows), list(cols)].mean(-1)
            scores[name] += [Head(layer, i, s) for i, s in enumerate(picked.tolist())]
    best = {k: max(v, key=itemgetter(2))._replace(score=0.0) for k, v in scores.items()}
    entropy = torch.stack([-(a * (a + 1e-9).log()).sum(-1).mean((0, 2)) for a in out.attentions])
    lower = torch.tril(torch.ones(n, n, dtype=torch.bool))
    leak = max(a.masked_select(~lower).abs().max().item() for a in out.attentions)
    heads = [*best.values()]
    cells = reduce(mul, entropy.shape, 1)
    counts = torch.zeros(13, dtype=torch.long).scatter_add_(0, batch[0], torch.ones_like(batch[0]))
    return {
        "best": {k: tuple(v) for k, v in best.items()},
        "entropy": entropy,
        "leak": leak,
        "cells": cells,
        "fields": heads[0]._asdict(),
        "repeated": (counts == 2).sum().item(),
        "hits": offsets.cache_info().hits,
        "sorted": sorted(scores["previous"], key=lambda h: (-round(h.score, 6), h.layer))[0].layer,
    }
