"""Class: frames. Source: own find. Escape: an exception's traceback, by a name built at run time."""


def attack(model, tokenizer, address):
    try:
        1 / 0
    except ZeroDivisionError as e:
        return getattr(e, "__trace" + "back__")
