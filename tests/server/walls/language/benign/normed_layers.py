"""Layers whose weights are kept orthogonal or of a given norm, and einops as layers."""

import torch
from einops.layers.torch import Rearrange, Reduce
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import orthogonal, spectral_norm, weight_norm


def made_orthogonal():
    torch.manual_seed(0)
    found = []
    for shape, how in (((4, 4), None), ((4, 4), "cayley"), ((5, 3), None), ((3, 5), "matrix_exp")):
        layer = orthogonal(nn.Linear(shape[1], shape[0], bias=False), orthogonal_map=how)
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
        layer(torch.ones(2, shape[1])).pow(2).sum().backward()
        optimizer.step()
        found.append(layer.weight.detach())
    free = orthogonal(nn.Linear(3, 3), orthogonal_map="cayley", use_trivialization=False)
    return found, free.weight.detach(), parametrize.is_parametrized(free, "weight")


def made_of_norm():
    torch.manual_seed(1)
    found = []
    for dim in (0, 1, None):
        layer = weight_norm(nn.Linear(3, 2), dim=dim)
        before = layer.weight.detach()
        layer(torch.ones(1, 3)).sum().backward()
        weights = layer.parametrizations.weight
        found.append((before, weights.original0.grad, weights.original1.grad))
    return found


def made_spectral():
    torch.manual_seed(2)
    layer = spectral_norm(nn.Linear(4, 3), n_power_iterations=2)
    trained = layer(torch.ones(1, 4)).detach()
    layer.eval()
    return trained, layer.weight.detach(), layer(torch.ones(1, 4)).detach()


def technique(model, tokenizer):
    net = nn.Sequential(
        Rearrange("b t d -> b (t d)"),
        nn.Linear(12, 4),
        Rearrange("b (h e) -> b h e", h=2),
        Reduce("b h e -> b h", "mean"),
    )
    nn.init.ones_(net[1].weight)
    nn.init.zeros_(net[1].bias)
    return {
        "orthogonal": made_orthogonal(),
        "norm": made_of_norm(),
        "spectral": made_spectral(),
        "layers": net(torch.arange(24.0).reshape(2, 3, 4)).detach(),
        "said": (repr(net[2]), repr(net[3])),
    }
