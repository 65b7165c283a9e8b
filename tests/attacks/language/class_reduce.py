"""Class: deserialisation. Source: own find. Escape: `__reduce__` names what copy calls."""

import copy


def made():
    return "canary-" + "5d1f"


class A:
    def __reduce__(self):
        return (made, ())


def attack(model, tokenizer, address):
    return copy.copy(A())
