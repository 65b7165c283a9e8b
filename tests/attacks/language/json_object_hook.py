"""Class: module gadget. Source: own find. Escape: json hands what it read to a function, and its
module is near.
"""

import json


def attack(model, tokenizer, address):
    return json.loads('{"a": 1}', object_hook=lambda found: json.loads.__globals__)
