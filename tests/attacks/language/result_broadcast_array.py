"""Class: results that lie. Source: own find. Escape: an array of one number that claims a
trillion. Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import numpy as np


def attack(model, tokenizer, address):
    return np.broadcast_to(np.zeros(1), (1 << 40,))
