"""Class: resource exhaustion. Source: own find. Escape: text nested too deep to be read.
Limits: timeout_s=5
"""

import json


def attack(model, tokenizer, address):
    return json.loads("[" * 1_000_000)
