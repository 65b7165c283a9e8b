"""Class: frames. Source: own find. Escape: a generator's code object."""


def attack(model, tokenizer, address):
    return (x for x in []).gi_code
