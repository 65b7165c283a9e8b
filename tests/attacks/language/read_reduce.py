"""Class: deserialisation. Source: own find. Escape: `__reduce_ex__` of an own object, by a name
built at run time."""


class A:
    pass


def attack(model, tokenizer, address):
    return getattr(A(), "__reduce" + "_ex__")
