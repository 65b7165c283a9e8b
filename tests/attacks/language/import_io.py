"""Class: imports. Source: own find. Escape: io opens files."""

import io


def attack(model, tokenizer, address):
    io.open("escaped", "w")
