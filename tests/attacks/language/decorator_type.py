"""Class: decorators. Source: own find. Escape: type as a decorator hands out a class's class."""


@type
class Found:
    pass


def attack(model, tokenizer, address):
    return Found.__subclasses__(Found)
