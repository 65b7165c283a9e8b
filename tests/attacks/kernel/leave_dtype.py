"""Class: what a call leaves behind. Source: own find. Escape: the next call's tensors have another
type.
"""

import torch


def attack(model, tokenizer, scene):
    torch.set_default_dtype(torch.float64)
