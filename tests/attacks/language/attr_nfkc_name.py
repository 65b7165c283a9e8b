"""Class: attribute walk. Source: Python's NFKC normalisation. Escape: globals through wide letters."""


def attack(model, tokenizer, address):
    return attack.__ｇlobals__
