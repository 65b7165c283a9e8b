"""Class: class machinery. Source: own find. Escape: `__module__` names another module, in which
libraries look."""


class A:
    __module__ = "os"


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
