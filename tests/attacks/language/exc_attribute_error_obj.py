"""Class: exceptions. Source: RestrictedPython advisories. Escape: AttributeError.obj hands out a module."""

import json


def attack(model, tokenizer, address):
    try:
        json.no_such_name
    except AttributeError as e:
        return e.obj
