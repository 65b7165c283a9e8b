"""Class: builtins. Source: own find. Escape: vars() and dir() without an argument are the caller's
namespace.
"""


def attack(model, tokenizer, address):
    found = [vars(), locals(), globals()]
    return found[2]
