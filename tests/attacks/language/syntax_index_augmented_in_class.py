"""Class: attribute walk. Source: own find. Escape: an index is an expression where an item is
augmented in the body of a class."""


def helper():
    pass


class Box:
    def __getitem__(self, key):
        kept.append(key)
        return 1

    def __setitem__(self, key, value):
        pass


kept = []


def attack(model, tokenizer, address):
    class Body:
        box = Box()
        box[helper.__globals__] += 1

    return kept
