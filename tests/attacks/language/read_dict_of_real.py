"""Class: attribute walk. Source: own find. Escape: the model's own `__dict__`."""


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if "_modules" in getattr(model, "__di" + "ct__") else None
