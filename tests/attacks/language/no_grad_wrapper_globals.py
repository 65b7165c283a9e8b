"""Class: decorators. Source: own find. Escape: the wrapper torch.no_grad makes has torch's globals."""

import torch


@torch.no_grad()
def own():
    pass


def attack(model, tokenizer, address):
    return getattr(own, "__globals__")["functools"]
