"""Class: attribute walk. Source: own find. Escape: unpacking and for write attributes unasked."""


def helper():
    return 1


def other():
    return __import__("os").environ["CLOCHE_CANARY"]


def attack(model, tokenizer, address):
    for helper.__code__ in [other.__code__]:
        pass
    return helper()
