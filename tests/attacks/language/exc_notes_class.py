"""Class: exceptions. Source: own find. Escape: a library's exception class leads to its module."""

import json


def attack(model, tokenizer, address):
    try:
        json.loads("{")
    except ValueError as error:
        return type(error).__init__.__globals__
