"""Class: memory. Source: own find. Escape: a tensor's elements, or its gradient's, are replaced by
something that is no tensor."""

import torch


class Own:
    pass


def attack(model, tokenizer, address):
    t = torch.zeros(1)
    for name in ("data", "grad"):
        try:
            setattr(t, name, Own())
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                return "canary-" + "5d1f"
