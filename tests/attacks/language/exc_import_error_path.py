"""Class: exceptions. Source: own find. Escape: ImportError tells where a module lies."""


def attack(model, tokenizer, address):
    try:
        from torch import nothing_at_all
    except ImportError as error:
        found = error.path
    return [found, open(found).read()[:0], open]
