"""Class: class machinery. Source: own find. Escape: a class that is not listed is called."""


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if type(model)(model.config) else None
