"""Class: resource exhaustion. Source: own find. Escape: none but a crash of the compiler.
Teeth: none, it is about the compiler."""


def attack(model, tokenizer, address):
    return 1
