"""Class: builtins. Source: own find. Escape: `map` calls what is not listed."""


def attack(model, tokenizer, address):
    return list(map(eval, ["open('escaped', 'w').close()"]))
