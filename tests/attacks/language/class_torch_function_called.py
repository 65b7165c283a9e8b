"""Class: class machinery. Source: own find. Escape: `__torch_function__` is handed torch's own
functions."""

import torch


class A:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return torch.add(A(), 1)
