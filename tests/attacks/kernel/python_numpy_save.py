"""Class: files. Source: own find. Escape: a library writes a file."""

import numpy as np


def attack(model, tokenizer, scene):
    np.save(scene["folder"] + "/escaped", np.zeros(1))
