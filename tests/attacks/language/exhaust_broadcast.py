"""Class: resource exhaustion. Source: own find. Escape: an outer sum that no memory holds.
Limits: timeout_s=4, memory_bytes=1 << 27
"""

import torch


def attack(model, tokenizer, address):
    a = torch.ones(1 << 20)
    return (a[:, None] + a[None, :]).sum().item()
