"""Class: class machinery. Source: own find. Escape: an annotation has a special name."""


class A:
    __array_interface__: dict


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
