"""Class: deserialisation. Source: own find. Escape: a buffer, a parameter and a submodule are
registered under special names."""

import torch
from torch import nn


class Liar(str):
    pass


def attack(model, tokenizer, address):
    done = []
    for way in (
        lambda x: x.register_buffer("__deepcopy__", torch.zeros(1)),
        lambda x: x.register_parameter("__deepcopy__", nn.Parameter(torch.zeros(1))),
        lambda x: x.add_module("__deepcopy__", nn.Linear(1, 1)),
        lambda x: x.add_module(Liar("plain"), nn.Linear(1, 1)),
    ):
        try:
            way(nn.Module())
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
