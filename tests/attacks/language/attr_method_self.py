"""Class: attribute walk. Source: common knowledge. Escape: the builtins module from len.__self__."""


def attack(model, tokenizer, address):
    return getattr(len, "__self__")
