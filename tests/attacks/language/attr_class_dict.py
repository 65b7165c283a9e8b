"""Class: attribute walk. Source: own find. Escape: raw functions out of a class's __dict__."""

import torch


def attack(model, tokenizer, address):
    return torch.nn.Module.__dict__["__call__"].__globals__
