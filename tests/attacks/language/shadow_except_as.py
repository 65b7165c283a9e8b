"""Class: shadowing. Source: own find. Escape: `except as` deletes a guard's name."""


def attack(model, tokenizer, address):
    try:
        raise ValueError
    except ValueError as __build_class__:
        pass
    return attack.__builtins__
