"""Class: format strings. Source: own find. Escape: an f-string's nested expression reads
attributes.
"""

SECRET = "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return f"{1:{attack.__globals__['SECRET'] and 5}}" + f"{attack.__globals__['SECRET']!s}"
