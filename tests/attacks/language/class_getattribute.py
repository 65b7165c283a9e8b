"""Class: class machinery. Source: own find. Escape: `__getattribute__` answers before anything else
does."""


class A:
    def __getattribute__(self, name):
        return "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return A().anything
