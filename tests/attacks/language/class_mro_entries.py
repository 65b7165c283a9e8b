"""Class: class machinery. Source: own find. Escape: __mro_entries__ of a base that is no class is
called with the bases.
"""


class Base:
    def __mro_entries__(self, bases):
        found.append(self.__class__.__mro__)
        return (type,)


found = []


class Made(Base()):
    pass


def attack(model, tokenizer, address):
    return Made
