"""Class: builtins. Source: own find. Escape: a callable object that is not listed has a name and is
called."""


def attack(model, tokenizer, address):
    exit("canary-" + "5d1f")
