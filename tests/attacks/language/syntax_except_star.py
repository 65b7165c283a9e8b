"""Class: exceptions. Source: own find. Escape: `except*` is there."""


def attack(model, tokenizer, address):
    found = []
    try:
        raise ValueError
    except* ValueError:
        found.append("canary-" + "5d1f")
    return found
