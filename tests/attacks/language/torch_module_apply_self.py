"""Class: module gadget. Source: own find. Escape: apply hands out modules, and their methods are
near.
"""


def attack(model, tokenizer, address):
    found = []
    model.apply(lambda module: found.append(module.forward.__func__.__globals__))
    return found
