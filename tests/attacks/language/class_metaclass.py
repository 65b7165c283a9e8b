"""Class: class machinery. Source: common knowledge. Escape: a metaclass with __prepare__."""


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return {"os": __import__("os")}


class A(metaclass=Meta):
    found = os


def attack(model, tokenizer, address):
    return A.found
