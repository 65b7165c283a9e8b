"""Class: builtins. Source: own find. Escape: `exec` has a name and may be called."""

found = []


def attack(model, tokenizer, address):
    exec("found.append('canary-' + '5d1f')", {"found": found})
    return found
