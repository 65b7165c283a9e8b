"""Class: deserialisation. Source: torch documentation. Escape: torch.load runs a pickle."""

import torch


def attack(model, tokenizer, address):
    torch.save(torch.zeros(1), "escaped")
