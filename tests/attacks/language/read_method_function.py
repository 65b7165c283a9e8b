"""Class: attribute walk. Source: own find. Escape: the function of a bound method of the model."""


def attack(model, tokenizer, address):
    return getattr(model.eval, "__fu" + "nc__")
