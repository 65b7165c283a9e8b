"""Class: format strings. Source: own find. Escape: the same, by format_map."""


def helper():
    pass


def attack(model, tokenizer, address):
    text = "{f.__globals__}".format_map({"f": helper})
    return "canary-" + "5d1f" if "__name__" in text else None
