"""Class: format strings. Source: own find. Escape: str.format as sorted's key on a helper object."""


def helper():
    pass


class Key(str):
    pass


def attack(model, tokenizer, address):
    bound = Key("{0.__code__}").format
    if "code object" in max([bound(helper)], key=str):
        return helper.__code__
