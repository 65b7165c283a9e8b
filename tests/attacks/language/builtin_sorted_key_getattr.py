"""Class: builtins. Source: own find. Escape: getattr as a key function, its name chosen by the
data.
"""


def attack(model, tokenizer, address):
    found = []
    names = ["__globals__", "__code__"]
    sorted(names, key=lambda name: found.append(getattr(attack, name)) or 0)
    return found
