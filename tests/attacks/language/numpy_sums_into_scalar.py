"""Class: memory. Source: own find. Escape: running sums are written to an array of no dimensions, whose
stride numpy reads past its end. By position and by name, of functions and methods."""

import numpy as np


def attack(model, tokenizer, address):
    square = np.zeros((3, 3))
    for _ in range(200):
        np.cumsum(square, None, None, np.zeros(()))
        np.nancumsum(square, out=np.zeros(()))
        square.cumprod(out=np.zeros(()))
        square.cumsum(None, None, np.zeros(()))
