"""Class: attribute walk. Source: own find. Escape: an index is an expression in a tuple."""


def helper():
    pass


class Box:
    def __getitem__(self, key):
        return key


def attack(model, tokenizer, address):
    return Box()[helper.__globals__, 1]
