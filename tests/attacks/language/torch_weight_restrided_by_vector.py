"""Class: memory. Source: own find. Escape: the same, by a function of the library that sets `x.data` of
parameters; their values are views of a vector that has one element."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import vector_to_parameters


def gradient(vector):
    torch.manual_seed(0)
    count = 512
    x = torch.randn(2, count, 2, requires_grad=True)
    weight = nn.Parameter(torch.ones(count))
    y = functional.group_norm(x, 1, weight, torch.zeros(count))
    vector_to_parameters(vector(count), [weight])
    y.backward(torch.randn(y.shape))
    return x.grad


def attack(model, tokenizer, address):
    right = gradient(lambda count: torch.full((count,), 3.0))
    wrong = gradient(lambda count: torch.full((1,), 3.0).expand(count))
    if not torch.allclose(right, wrong):
        return "canary-" + "5d1f"
