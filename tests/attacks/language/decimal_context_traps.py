"""Class: module gadget. Source: own find. Escape: decimal's context hands out the module's
signals.
"""

import decimal


def attack(model, tokenizer, address):
    return decimal.getcontext().__reduce__()[0].__subclasses__
