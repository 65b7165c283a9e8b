"""Class: attribute walk. Source: own find. Escape: a function's special attributes are set."""


def helper(x=None):
    return x


def attack(model, tokenizer, address):
    setattr(helper, "__defa" + "ults__", ("canary-" + "5d1f",))
    return helper()
