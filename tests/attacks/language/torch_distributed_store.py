"""Class: module gadget. Source: own find. Escape: torch.distributed opens sockets and files."""

import torch


def attack(model, tokenizer, address):
    return torch.distributed.init_process_group.__globals__
