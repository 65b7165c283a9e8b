"""Class: deserialisation. Source: own find. Escape: deepcopy takes a memo, which says what objects
are rebuilt as."""

import copy


def attack(model, tokenizer, address):
    x = [1]
    return (
        copy.deepcopy(x, {id(x): "canary-5d1f"})
        if "id" in dir(copy)
        else copy.deepcopy(x, {1: "canary-5d1f"}) and "canary-5d1f"
    )
