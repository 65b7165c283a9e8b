"""Class: memory. Source: numpy documentation. Escape: strides past the end read foreign memory."""

import numpy as np


def attack(model, tokenizer, address):
    view = np.lib.stride_tricks.as_strided(np.zeros(1, "u1"), (1 << 20,))
    return open("escaped", "w").close() if view.size == 1 << 20 else None
