"""Class: memory. Source: own find. Escape: `bytes` that never change are changed, by a tensor over their
memory; so is an array that may not be written to, as a whole tuple of names or a hash would be."""

import torch


def attack(model, tokenizer, address):
    text = bytes([1, 2, 3]) * 3
    torch.asarray(text, dtype=torch.uint8).fill_(90)
    if text != bytes([1, 2, 3]) * 3:
        return "canary-" + "5d1f"
