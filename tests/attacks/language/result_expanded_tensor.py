"""Class: results that lie. Source: own find. Escape: a tensor of one number that claims a
trillion. Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import torch


def attack(model, tokenizer, address):
    return torch.zeros(1).expand(1 << 40)
