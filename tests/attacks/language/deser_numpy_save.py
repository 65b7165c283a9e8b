"""Class: module gadget. Source: numpy documentation. Escape: numpy writes a file."""

import numpy as np


def attack(model, tokenizer, address):
    np.zeros(3).tofile("escaped")
