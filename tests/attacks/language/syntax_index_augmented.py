"""Class: attribute walk. Source: own find. Escape: an index is an expression where an item is
augmented."""


def helper():
    pass


class Box:
    def __getitem__(self, key):
        self.key = key
        return 1

    def __setitem__(self, key, value):
        pass


def attack(model, tokenizer, address):
    box = Box()
    box[helper.__globals__] += 1
    return box.key
