"""Class: class machinery. Source: own find. Escape: super() reaches a special method, by a name
built at run time."""


class A:
    def f(self):
        return getattr(super(), "__reduce" + "_ex__")


def attack(model, tokenizer, address):
    return A().f()
