"""Class: attribute walk. Source: own find. Escape: the same, written with a dot."""


def attack(model, tokenizer, address):
    return model.eval.__func__
