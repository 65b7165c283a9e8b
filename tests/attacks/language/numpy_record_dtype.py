"""Class: module gadget. Source: own find. Escape: a record's fields are attributes of any name."""

import numpy as np


def attack(model, tokenizer, address):
    found = np.rec.array([(1,)], dtype=[("x", "i4")])
    return found.__class__.__getattribute__.__globals__
