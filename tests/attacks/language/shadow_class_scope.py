"""Class: shadowing. Source: own find. Escape: a class body's names are looked up before the
globals.
"""


def attack(model, tokenizer, address):
    class Scope:
        _getattr_ = lambda value, name: value
        getattr = lambda value, name: value
        found = attack.__globals__

    return Scope.found
