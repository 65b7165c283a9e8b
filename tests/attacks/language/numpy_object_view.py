"""Class: memory. Source: numpy documentation. Escape: an integer is viewed as an object pointer.
Teeth: none, numpy itself refuses."""

import numpy as np


def attack(model, tokenizer, address):
    return np.array([address]).view("O")[0]
