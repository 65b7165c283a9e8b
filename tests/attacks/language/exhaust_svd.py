"""Class: resource exhaustion. Source: own find. Escape: a decomposition that does not converge
soon.
Limits: timeout_s=0.5
"""

import torch


def attack(model, tokenizer, address):
    return torch.linalg.svd(torch.rand(4000, 4000))[1].sum().item()
