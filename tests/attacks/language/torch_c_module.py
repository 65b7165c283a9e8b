"""Class: module gadget. Source: own find. Escape: torch._C is handed out."""

import torch


def attack(model, tokenizer, address):
    return getattr(torch, "_C")
