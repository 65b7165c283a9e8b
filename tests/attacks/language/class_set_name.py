"""Class: class machinery. Source: own find. Escape: __set_name__ is called with the class while it
is being made.
"""


class Spy:
    def __set_name__(self, owner, name):
        found.append(owner.__dict__)


found = []


class Made:
    spy = Spy()


def attack(model, tokenizer, address):
    return found
