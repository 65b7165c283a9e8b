"""Class: module gadget. Source: own find. Escape: partial.func of an adapter is its raw function."""


def attack(model, tokenizer, address):
    return (
        "{}".format.func.__globals__
        if hasattr("{}".format, "func")
        else "".join.__self__.__class__.__mro__[1].__subclasses__
    )
