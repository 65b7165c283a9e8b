"""Class: decorators. Source: own find. Escape: a decorator applies an unlisted callable."""


@eval
@lambda f: "__import__('os').environ['CLOCHE_CANARY']"
def found():
    pass


def attack(model, tokenizer, address):
    return found
