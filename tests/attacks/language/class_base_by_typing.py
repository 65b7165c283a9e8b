"""Class: class machinery. Source: own find. Escape: `typing.Type` stands for `type`: deriving from
it makes a metaclass."""

from typing import Type


class Meta(Type):
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
