"""Class: class machinery. Source: own find. Escape: a subclass of property sees the function it
wraps.
"""


class Own(property):
    def peek(self):
        return self.fget.__globals__


def attack(model, tokenizer, address):
    return Own(attack).peek()
