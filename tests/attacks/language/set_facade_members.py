"""Class: attribute walk. Source: own find. Escape: what stands in for a module is given other
members."""

import json


def attack(model, tokenizer, address):
    json.members = {"dumps": lambda x: "canary-" + "5d1f"}
    return json.members["dumps"](1) if hasattr(json, "members") else json.dumps(1)
