"""Class: imports. Source: own find. Escape: a relative import is resolved by a name that the
module sets. Teeth: none, os is no package.
"""

__package__ = "os"
from . import environ


def attack(model, tokenizer, address):
    return environ["CLOCHE_CANARY"]
