"""Class: shadowing. Source: own find. Escape: the same, by a decorated function of that name."""


def into_builtins(f):
    return {"found": "canary-5d1f"}


@into_builtins
def __builtins__():
    pass


def attack(model, tokenizer, address):
    return found
