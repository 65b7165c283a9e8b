"""Class: memory. Source: own find. Escape: the counts of repetitions add up to zero, past 2**63: the result
has no element, and the first count is written. By the function, with counts alone."""

import torch


def attack(model, tokenizer, address):
    torch.repeat_interleave(torch.tensor([2**62] * 4))
