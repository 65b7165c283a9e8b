"""Class: attribute walk. Source: own find. Escape: a closure's cells hold what a wrapper kept."""


def attack(model, tokenizer, address):
    def outer(x):
        return lambda: x

    return outer(eval).__closure__[0]
