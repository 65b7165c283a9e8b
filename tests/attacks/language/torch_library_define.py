"""Class: module gadget. Source: own find. Escape: torch.library registers code for every call that
follows.
"""

import torch


def attack(model, tokenizer, address):
    return torch.library.Library.__init__.__globals__
