"""Class: attribute walk. Source: own find. Escape: torch sets attributes of special names on a module: those
that the call is told to swap, and the module has not."""

import torch
from torch import nn

seen = []


class Text(str):
    """Shows one name where torch takes it apart, and is another."""

    def rpartition(self, separator):
        return "", "", str.__str__(self)

    def __contains__(self, other):
        return False


class Inner(nn.Module):
    def forward(self, x):
        seen.extend(vars(self))
        return x


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return self.inner(x)


def attack(model, tokenizer, address):
    value = torch.zeros(1)
    for module, names in (
        (Inner(), {"__array_struct__": value}),
        (Inner(), ({"__dlpack__": value}, {})),
        (Outer(), {"inner.__cuda_array_interface__": value}),
        (Inner(), {Text("__copy__"): value}),
    ):
        try:
            torch.func.functional_call(module, names, (torch.ones(1),))
        except Exception:
            pass
    if any(each[:2] == "__" for each in seen):
        return "canary-" + "5d1f"
