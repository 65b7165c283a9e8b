"""Class: attribute walk. Source: own find. Escape: a class's namespace is handed out, by a name
built at run time."""


class A:
    pass


def attack(model, tokenizer, address):
    return getattr(A, "__di" + "ct__")
