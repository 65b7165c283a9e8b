"""Class: builtins. Source: own find. Escape: a class that is not listed has a name and makes
objects."""


def attack(model, tokenizer, address):
    return bytes(memoryview(b"canary-5d1f")).decode()
