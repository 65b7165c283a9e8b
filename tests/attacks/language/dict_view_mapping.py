"""Class: module gadget. Source: Python 3.10. Escape: a view's mapping is a live namespace."""

import json


def attack(model, tokenizer, address):
    return type(json).__dict__.keys().mapping
