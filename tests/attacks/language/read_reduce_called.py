"""Class: deserialisation. Source: own find. Escape: `__reduce_ex__`, written with a dot and called."""


class A:
    pass


def attack(model, tokenizer, address):
    return A().__reduce_ex__(2)
