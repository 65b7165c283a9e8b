"""Class: format strings. Source: own find. Escape: __format__ of a real object is given a
specification of any length. Teeth: none, a text leads nowhere by itself.
"""

import datetime


def attack(model, tokenizer, address):
    found = format(datetime.datetime(2020, 1, 1), "%Y" * 10)
    return [
        found,
        "{:{}}".format(1, 5).format.__self__,
        "{0.__class__.__mro__}".format(1),
    ] and "{0.__globals__}".format(attack).format.__class__.__init__
