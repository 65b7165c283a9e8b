"""Class: memory. Source: design rule 8. Escape: a tensor's address and storage are handed out."""

import torch


def attack(model, tokenizer, address):
    t = torch.zeros(1)
    storage = t.untyped_storage()
    return type(storage).__init__ if t.data_ptr() else None
