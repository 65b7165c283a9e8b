"""Class: shadowing. Source: own find. Escape: del removes a guard, and what lies below is found
instead.
"""

_getattr_ = None


def attack(model, tokenizer, address):
    global _getattr_
    del _getattr_
    return attack.__globals__
