"""Class: attribute walk. Source: own find. Escape: a function's defaults hold what it was made
with.
"""

import json


def attack(model, tokenizer, address):
    return json.dumps.__kwdefaults__, json.dumps.__code__
