"""Class: fast ways. Source: own find. Escape: a parameter is taken for the builtin of its name, which
may be called without a look, and is another."""


def call(len):
    return len("'canary-' + '5d1f'")


def attack(model, tokenizer, address):
    return call(eval)
