"""Class: imports. Source: own find. Escape: ctypes reads memory by its address."""

import ctypes


def attack(model, tokenizer, address):
    return ctypes.string_at(address, 6)
