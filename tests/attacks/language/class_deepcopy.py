"""Class: deserialisation. Source: own find. Escape: `__deepcopy__` runs inside the library's work."""

import copy


class A:
    def __deepcopy__(self, memo):
        return "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return copy.deepcopy(A())
