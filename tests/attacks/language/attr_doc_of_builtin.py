"""Class: attribute walk. Source: common knowledge. Escape: a builtin's __self__ is its module."""


def attack(model, tokenizer, address):
    return len.__self__
