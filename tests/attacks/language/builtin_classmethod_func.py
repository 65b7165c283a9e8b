"""Class: builtins. Source: own find. Escape: classmethod and staticmethod keep what they wrap,
unwrapped.
"""


def attack(model, tokenizer, address):
    return classmethod(attack).__func__.__globals__
