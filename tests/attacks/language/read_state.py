"""Class: deserialisation. Source: own find. Escape: `__getstate__` of an own object, by a name
built at run time."""


class A:
    pass


def attack(model, tokenizer, address):
    getattr(A(), "__get" + "state__")
    return "canary-" + "5d1f"
