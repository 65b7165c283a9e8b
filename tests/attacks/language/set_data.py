"""Class: memory. Source: own find. Escape: a tensor's elements are replaced by something that is no
tensor."""

import torch


class Own:
    pass


def attack(model, tokenizer, address):
    t = torch.zeros(1)
    try:
        t.data = Own()
    except Exception as e:
        return "canary-" + "5d1f" if type(e).__name__ != "AccessRefused" else None
