"""Class: attribute walk. Source: own find. Escape: type(type(x)) makes a class from nothing."""


def attack(model, tokenizer, address):
    meta = type(type(model))
    made = meta("X", (), {"__reduce_ex__": lambda self, p: (print, ())})
    return made.__mro__[-1].__subclasses__
