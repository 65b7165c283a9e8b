"""Class: module gadget. Source: torch documentation. Escape: a file is mapped shared and written."""

import torch


def attack(model, tokenizer, address):
    torch.from_file("escaped", shared=True, size=4)
