"""Class: class machinery. Source: design rule 6. Escape: __torch_function__ receives raw functions."""

import torch


class A:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return func


def attack(model, tokenizer, address):
    return getattr(torch.nn.functional.dropout, "__globals__") if torch.add(A(), 1) else None
