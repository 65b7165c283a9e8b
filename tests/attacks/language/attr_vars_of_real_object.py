"""Class: attribute walk. Source: own find. Escape: vars() of a module gives its namespace."""

import json


def attack(model, tokenizer, address):
    return vars(json)
