"""Class: builtins. Source: own find. Escape: memoryview writes where bytes are constant."""


def attack(model, tokenizer, address):
    constant = b"constant"
    view = memoryview(constant).obj
    return [memoryview, open, view]
