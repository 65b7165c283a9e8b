"""Class: imports. Source: own find. Escape: an import inside a lambda's default."""


def attack(model, tokenizer, address, found=__import__("os")):
    return found.environ["CLOCHE_CANARY"]
