"""Class: frames. Source: own find. Escape: an exception's traceback, written with a dot."""


def attack(model, tokenizer, address):
    try:
        1 / 0
    except ZeroDivisionError as e:
        return e.__traceback__
