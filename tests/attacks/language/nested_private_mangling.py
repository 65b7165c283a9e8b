"""Class: attribute walk. Source: own find. Escape: name mangling yields a special name."""


class _:
    def f(self):
        return self.__class__.__base__.__subclasses__


def attack(model, tokenizer, address):
    return _().f()
