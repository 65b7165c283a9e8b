"""Class: deserialisation. Source: own find. Escape: a date's __setstate__ and __reduce__ tell how
it is made.
"""

import datetime


def attack(model, tokenizer, address):
    return datetime.date(2020, 1, 1).__reduce__()[0].__subclasses__
