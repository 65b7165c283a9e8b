"""Class: module gadget. Source: own find. Escape: a C method that no row lists writes a file."""

import numpy as np


def attack(model, tokenizer, address):
    np.zeros(3).tofile("escaped")
