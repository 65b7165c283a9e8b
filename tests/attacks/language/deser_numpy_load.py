"""Class: deserialisation. Source: numpy documentation. Escape: numpy.save writes a file."""

import numpy as np


def attack(model, tokenizer, address):
    np.save("escaped", np.zeros(1))
    __import__("os").rename("escaped.npy", "escaped")
