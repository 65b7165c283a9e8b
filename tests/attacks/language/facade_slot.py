"""Class: attribute walk. Source: own find. Escape: a facade's own slots are read or replaced."""

import json


def attack(model, tokenizer, address):
    return json.members if hasattr(json, "members") else vars(json)
