"""Class: module gadget. Source: own find. Escape: json has imported codecs, which opens files."""

import json


def attack(model, tokenizer, address):
    json.codecs.open("escaped", "w").close()
