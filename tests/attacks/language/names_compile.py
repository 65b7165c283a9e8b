"""Class: builtins. Source: own find. Escape: `compile` makes code."""


def attack(model, tokenizer, address):
    return compile("1", "x", "eval")
