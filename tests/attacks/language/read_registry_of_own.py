"""Class: attribute walk. Source: own find. Escape: an own layer's private registry is read."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    found = []
    m = M()
    for read in (lambda: m._forward_hooks, lambda: M._modules, lambda: vars(m)["_parameters"]):
        try:
            if type(read()) is not int:
                found.append("canary-" + "5d1f")
        except Exception:
            pass
    return found
