"""Class: resource exhaustion. Source: own find. Escape: an array beyond the limit.
Limits: timeout_s=4, memory_bytes=1 << 27
"""

import numpy as np


def attack(model, tokenizer, address):
    return np.ones(1 << 36).sum()
