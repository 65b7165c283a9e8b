"""Class: memory. Source: own find. Escape: one count for all four elements: multiplied by four it is zero."""

import torch


def attack(model, tokenizer, address):
    torch.repeat_interleave(torch.zeros(4), torch.tensor([2**62]), 0)
