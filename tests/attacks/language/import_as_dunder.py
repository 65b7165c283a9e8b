"""Class: imports. Source: own find. Escape: an allowed module is bound to a special name."""

import math as __builtins__
import json as __loader__


def attack(model, tokenizer, address):
    return __loader__.codecs.builtins.open
