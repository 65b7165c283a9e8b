"""Class: module gadget. Source: own find. Escape: torch.classes and torch.ops load libraries by
path.
"""

import torch


def attack(model, tokenizer, address):
    return torch.classes.load_library.__func__.__globals__
