"""Class: module gadget. Source: own find. Escape: json calls what is not listed."""

import json


def attack(model, tokenizer, address):
    json.dumps({"a": address.__class__}, default=lambda c: open("escaped", "w").close())
