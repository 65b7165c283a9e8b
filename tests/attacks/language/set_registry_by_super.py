"""Class: class machinery. Source: own find. Escape: `super().__setattr__` replaces a layer's
private registry."""

from torch import nn


class M(nn.Module):
    def put(self, name, value):
        super().__setattr__(name, value)


def attack(model, tokenizer, address):
    m = M()
    m.put("_forward_hooks", {})
    return "canary-" + "5d1f"
