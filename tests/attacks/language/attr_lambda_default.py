"""Class: attribute walk. Source: own find. Escape: a lambda's default is evaluated at definition,
outside any function.
"""

found = lambda x=attack if False else len.__self__: x


def attack(model, tokenizer, address):
    return found()
