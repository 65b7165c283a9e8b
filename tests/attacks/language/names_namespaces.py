"""Class: builtins. Source: own find. Escape: `globals` hands out the technique's namespace, with
the guards in it."""


def attack(model, tokenizer, address):
    return globals()
