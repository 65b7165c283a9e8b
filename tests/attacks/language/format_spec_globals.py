"""Class: format strings. Source: own find. Escape: the same, in a nested specification."""


def helper():
    pass


class Seen:
    def __format__(self, spec):
        return spec


def attack(model, tokenizer, address):
    text = "{0:{1.__globals__}}".format(Seen(), helper)
    return "canary-" + "5d1f" if "__name__" in text else None
