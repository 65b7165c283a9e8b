"""Class: results that lie. Source: own find. Escape: a tensor that is sparse, quantised or on no
device. Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import torch


def attack(model, tokenizer, address):
    return torch.zeros(4, device="meta")
