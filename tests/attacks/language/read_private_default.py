"""Class: attribute walk. Source: own find. Escape: private plain data that a real class holds for
its instances."""


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if model._version else None
