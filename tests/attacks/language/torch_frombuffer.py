"""Class: memory. Source: design rule 8. Escape: another process-local object's bytes are read."""

import torch, ctypes


def attack(model, tokenizer, address):
    buffer = (ctypes.c_ubyte * 6).from_address(address)
    return bytes(torch.frombuffer(buffer, dtype=torch.uint8).tolist())
