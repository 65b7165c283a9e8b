"""Class: class machinery. Source: own find. Escape: object.__getattribute__ past the guard."""


def attack(model, tokenizer, address):
    return object.__getattribute__(attack, "__globals__")
