"""Class: class machinery. Source: own find. Escape: `__class__` of an own class is what it says."""


class A:
    @property
    def __class__(self):
        return int


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if isinstance(A(), int) else None
