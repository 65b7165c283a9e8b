"""Class: identity and namespaces. Source: own find. Escape: a class that may only be caught is
made in the place of a builtin, from the dict of builtins and from the globals."""


def made(given):
    """Each in its turn: by name, as a decorator, and by a `class` statement."""
    yield len("x", b"abc", 0, 1, "made unasked")


def attack(model, tokenizer, address, given):
    names = given["__builtins__"]
    for place in (given, names if not hasattr(names, "open") else vars(names)):
        place["len"] = UnicodeDecodeError
        try:
            if "made unasked" in str(next(made(given))):
                return "canary-" + "5d1f"
        except TypeError:
            pass
