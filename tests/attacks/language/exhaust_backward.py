"""Class: resource exhaustion. Source: own find. Escape: a graph of gradients without end.
Limits: timeout_s=4, memory_bytes=1 << 27
"""

import torch


def attack(model, tokenizer, address):
    x = torch.ones(1000, requires_grad=True)
    y = x
    while True:
        y = y * x + 1
