"""Class: memory. Source: own find. Escape: memory behind a weight is read into a gradient. The weight is given
elements of no stride between forward and backward: by `x.data`."""

import torch
from torch.nn import functional


def gradient(value):
    torch.manual_seed(0)
    count = 512
    x = torch.randn(2, count, 2, requires_grad=True)
    weight = torch.ones(count)
    y = functional.group_norm(x, 1, weight, torch.zeros(count))
    weight.data = value(count)
    y.backward(torch.randn(y.shape))
    return x.grad


def attack(model, tokenizer, address):
    right = gradient(lambda count: torch.full((count,), 3.0))
    wrong = gradient(lambda count: torch.full((1,), 3.0).expand(count))
    if not torch.allclose(right, wrong):
        return "canary-" + "5d1f"
