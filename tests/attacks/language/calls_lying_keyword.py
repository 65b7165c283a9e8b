"""Class: module gadget. Source: own find. Escape: a keyword that is a str subclass reaches a
library."""


class Liar(str):
    pass


def attack(model, tokenizer, address):
    max([1], **{Liar("key"): None})
    return "canary-" + "5d1f"
