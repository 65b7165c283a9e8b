"""Class: attribute walk. Source: own find. Escape: a function's name becomes an object."""


class Name(str):
    pass


def helper():
    pass


def attack(model, tokenizer, address):
    helper.__name__ = Name("canary-5d1f")
    return "canary-" + "5d1f"
