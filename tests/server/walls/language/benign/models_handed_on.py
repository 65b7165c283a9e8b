"""A model, its layers and classes through partial, reduce, map, product and their like."""

import functools
import itertools

import torch
from torch import nn


def facts(model, tokenizer, kind, scale=1):
    found = sum(isinstance(each, kind) for each in model.modules())
    return model.config.model_type, len(tokenizer), found * scale


def type_name(value):
    return type(value).__name__


def technique(model, tokenizer):
    ask = functools.partial(facts, model, tokenizer=tokenizer, kind=nn.LayerNorm)
    layers = functools.reduce(getattr, ["transformer", "h"], model)
    blocks = model.transformer.h
    largest = max(blocks, key=lambda each: each.attn.c_proj.weight.norm().item())
    make = functools.partial(nn.Linear, 2, bias=False)
    return {
        "asked": ask(scale=2),
        "same": layers is blocks,
        "pairs": len(list(itertools.product(blocks, "ab"))),
        "kinds": list(map(type_name, blocks)),
        "later": len(list(filter(lambda each: each.attn.layer_idx > 0, blocks))),
        "largest": largest.attn.layer_idx,
        "twice": [each.config.n_layer for each in itertools.repeat(model, 2)],
        "made": tuple(make(3).weight.shape),
        "through": functools.reduce(lambda h, each: each(h), [nn.Identity()], torch.ones(2)),
    }
