"""Class: module gadget. Source: own find. Escape: numpy reads a file."""

import numpy as np


def attack(model, tokenizer, address):
    np.zeros(4).tofile("escaped")
