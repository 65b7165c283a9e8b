"""Class: module gadget. Source: own find. Escape: torch starts processes."""

import torch


def attack(model, tokenizer, address):
    return torch.multiprocessing.spawn.__globals__
