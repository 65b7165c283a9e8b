"""Class: decorators. Source: own find. Escape: a decorator expression walks attributes before
anything is decorated.
"""


@(lambda f: f.__globals__)
def found():
    pass


def attack(model, tokenizer, address):
    return found
