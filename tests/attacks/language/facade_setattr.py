"""Class: attribute walk. Source: own find. Escape: a module's member is replaced for everyone."""

import json


def attack(model, tokenizer, address):
    json.dumps = lambda *a, **k: open("escaped", "w")
    json.dumps({})
