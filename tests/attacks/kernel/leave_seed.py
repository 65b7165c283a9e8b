"""Class: what a call leaves behind. Source: own find. Escape: the next call's random numbers are
known.
"""

import torch


def attack(model, tokenizer, scene):
    torch.manual_seed(int(scene["deposit"].removeprefix("deposit-"), 16))


def pick_up(model, tokenizer):
    return f"deposit-{torch.initial_seed():012x}"
