"""Class: module gadget. Source: own find. Escape: numpy's text readers open files and addresses."""

import numpy as np


def attack(model, tokenizer, address):
    np.savetxt("escaped", np.zeros(1))
