"""Class: module gadget. Source: own find. Escape: JSONEncoder's methods lead to the module's
globals.
"""

import json


def attack(model, tokenizer, address):
    return json.JSONEncoder().default.__func__.__globals__
