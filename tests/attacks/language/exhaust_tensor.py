"""Class: resource exhaustion. Source: own find. Escape: a tensor beyond the limit.
Limits: timeout_s=4, memory_bytes=1 << 27
"""

import torch


def attack(model, tokenizer, address):
    return torch.ones(1 << 36).sum().item()
