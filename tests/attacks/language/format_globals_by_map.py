"""Class: format strings. Source: own find. Escape: the same, unbound and called by `map`."""


def helper():
    pass


def attack(model, tokenizer, address):
    (text,) = map(str.format, ["{0.__globals__}"], [helper])
    return "canary-" + "5d1f" if "__name__" in text else None
