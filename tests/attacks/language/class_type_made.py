"""Class: class machinery. Source: own find. Escape: `type` makes a class."""


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if type("A", (), {}) else None
