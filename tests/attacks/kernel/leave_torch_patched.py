"""Class: what a call leaves behind. Source: own find. Escape: a function of torch is replaced for
the next call.
"""

import torch


def attack(model, tokenizer, scene):
    torch.nn.functional.softmax = lambda *args, **kwargs: torch.zeros(3)
