"""Class: module gadget. Source: own find. Escape: the hook of warnings is set, for the process."""

import warnings


def attack(model, tokenizer, address):
    took = []
    warnings.showwarning = lambda *args, **options: took.append(open("escaped", "w"))
    warnings.simplefilter("always")
    warnings.warn("x")
    return took
