"""Class: module gadget. Source: own find. Escape: vectorize keeps its function and names it to the
library.
"""

import numpy as np


def attack(model, tokenizer, address):
    return np.vectorize(lambda x: x).__init__.__func__.__globals__
