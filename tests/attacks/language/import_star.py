"""Class: imports. Source: RestrictedPython 4.0, change 102. Escape: a star import takes names that
begin with an underscore's friends.
"""

from os import *


def attack(model, tokenizer, address):
    return environ["CLOCHE_CANARY"]
