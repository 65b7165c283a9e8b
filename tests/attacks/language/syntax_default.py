"""Class: decorators. Source: own find. Escape: the default of a parameter is evaluated where the
function is made."""


def helper():
    pass


def attack(model, tokenizer, address):
    def inner(x=helper.__globals__):
        return x

    return inner()
