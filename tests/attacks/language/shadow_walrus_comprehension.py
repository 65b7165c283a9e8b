"""Class: shadowing. Source: own find. Escape: a walrus in a comprehension rebinds the guards."""


def attack(model, tokenizer, address):
    [__import__ := f for f in [len]]
    return (lambda: 0).__globals__
