"""Class: attribute walk. Source: own find. Escape: the special attributes of an own class and its
instance, written with a dot."""


class A:
    pass


def attack(model, tokenizer, address):
    found = []
    for read in (lambda: A.__dict__, lambda: A.__subclasses__, lambda: A().__reduce_ex__):
        try:
            found.append(read())
        except Exception:
            pass
    return found
