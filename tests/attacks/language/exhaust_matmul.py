"""Class: resource exhaustion. Source: own find. Escape: a product of matrices, inside many
threads.
Limits: timeout_s=0.5
"""

import torch


def attack(model, tokenizer, address):
    a = torch.ones(3000, 3000)
    while True:
        a = a @ a
