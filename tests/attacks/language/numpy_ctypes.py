"""Class: memory. Source: numpy documentation. Escape: the ctypes module of an array."""

import numpy as np


def attack(model, tokenizer, address):
    return np.zeros(1).ctypes._ctypes
