"""Class: class machinery. Source: own find. Escape: a C wrapper of a special method reads past the
guard."""


def helper():
    pass


def attack(model, tokenizer, address):
    return helper.__getattribute__("__glob" + "als__")
