"""Weights that are computed: symmetric, of low rank, scaled, kept on a sphere."""

import copy

import torch
import torch.nn.utils.parametrize as P
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrize import (
    is_parametrized,
    register_parametrization,
    remove_parametrizations,
)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)

    def right_inverse(self, x):
        return x.triu()


class Rank(nn.Module):
    def __init__(self, rank):
        super().__init__()
        self.rank = rank

    def forward(self, left, right):
        return left @ right

    def right_inverse(self, x):
        u, s, v = torch.linalg.svd(x, full_matrices=False)
        k = self.rank
        return u[:, :k] * s[:k], v[:k]


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, x):
        return x * self.scale


class LoRA(nn.Module):
    def __init__(self, rows, columns, rank=2):
        super().__init__()
        self.a = nn.Parameter(torch.ones(rank, columns) * 0.1)
        self.b = nn.Parameter(torch.ones(rows, rank) * 0.1)

    def forward(self, weight):
        return weight + self.b @ self.a


class Unlike(nn.Module):
    def forward(self, x):
        return x[:1]


def technique(model, tokenizer):
    torch.manual_seed(0)
    found = {}
    layer = nn.Linear(3, 3)
    before = layer.weight.detach().clone()
    assert register_parametrization(layer, "weight", Symmetric()) is layer
    found["symmetric"] = (layer.weight, layer(torch.eye(3)), layer.weight.mT)
    found["names"] = sorted(name for name, _ in layer.named_parameters())
    found["is"] = (
        is_parametrized(layer),
        is_parametrized(layer, "weight"),
        is_parametrized(layer, "bias"),
        parametrize.is_parametrized(nn.Linear(1, 1)),
    )
    found["held"] = (
        len(layer.parametrizations.weight),
        layer.parametrizations.weight.original,
        type(layer.parametrizations["weight"][0]).__name__,
    )
    layer.weight = before + 1
    found["assigned"] = layer.weight.detach().clone()
    register_parametrization(layer, "weight", Scaled())
    found["scaled"] = layer.weight.detach().clone()
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer(torch.ones(2, 3)).square().sum().backward()
    optimizer.step()
    found["trained"] = layer.weight.detach().clone()
    with P.cached():
        found["cached"] = layer.weight is layer.weight
    found["not cached"] = layer.weight is layer.weight
    twin = copy.deepcopy(layer)
    found["copied"] = twin.weight.detach().equal(layer.weight)
    remove_parametrizations(layer, "weight")
    found["removed"] = (layer.weight.detach().clone(), is_parametrized(layer))
    found["still"] = type(layer) is nn.Linear and isinstance(layer.weight, nn.Parameter)

    other = nn.Linear(4, 4)
    register_parametrization(other, "weight", Rank(4))
    found["rank"] = other.weight.detach().clone()
    found["originals"] = sorted(name for name, _ in other.named_parameters())
    third = nn.Linear(4, 4)
    register_parametrization(third, "weight", Symmetric())
    remove_parametrizations(third, "weight", leave_parametrized=False)
    found["left"] = third.weight.detach().clone()
    try:
        register_parametrization(nn.Linear(4, 4), "weight", Unlike())
    except ValueError as error:
        found["unlike"] = "shape" in str(error)
    try:
        register_parametrization(nn.Linear(4, 4), "nothing", Symmetric())
    except ValueError:
        found["no such"] = True

    ids = tokenizer("the cat sat", return_tensors="pt")
    head = model.lm_head
    rows, columns = head.weight.shape
    parametrize.register_parametrization(head, "weight", LoRA(rows, columns))
    head.parametrizations.weight.original.requires_grad_(False)
    loss = model(**ids, labels=ids["input_ids"]).loss
    loss.backward()
    found["model"] = (loss.detach(), head.parametrizations.weight[0].a.grad)
    parametrize.remove_parametrizations(head, "weight", leave_parametrized=False)
    found["model again"] = model(**ids, labels=ids["input_ids"]).loss.detach()
    return found
