"""Class: attribute walk. Source: own find. Escape: augmented assignment reads an attribute unasked."""


class Box:
    def __radd__(self, other):
        self.got = other
        return other


def attack(model, tokenizer, address):
    box = Box()
    attack.__code__ += box
    return box.got
