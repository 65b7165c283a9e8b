"""Class: attribute walk. Source: own find. Escape: a printer's table of functions has globals."""

import pprint


def attack(model, tokenizer, address):
    return pprint.PrettyPrinter._dispatch[dict.__repr__].__globals__
