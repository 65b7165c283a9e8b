"""Class: exceptions. Source: own find. Escape: with_traceback and unittest-like frames."""


def attack(model, tokenizer, address):
    try:
        raise ValueError
    except ValueError as e:
        return ValueError.__traceback__.__get__(e)
