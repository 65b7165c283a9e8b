"""Class: builtins. Source: own find. Escape: setattr changes a module for everyone."""

import torch


def attack(model, tokenizer, address):
    setattr(torch, "relu", eval)
    return torch.relu
