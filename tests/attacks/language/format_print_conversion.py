"""Class: format strings. Source: own find. Escape: old-style formatting calls a mapping's methods."""


class Mapping(dict):
    def __missing__(self, key):
        return attack.__globals__["SECRET"]


SECRET = "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return "%(anything)s" % Mapping() if attack.__globals__ else None
