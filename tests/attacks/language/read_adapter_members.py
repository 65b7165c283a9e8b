"""Class: attribute walk. Source: own find. Escape: what stands in for a module answers for its own
slots."""

import json


def attack(model, tokenizer, address):
    found = [getattr(json, "members", None), getattr(json, "decoder", None)]
    return [each if type(each) is not dict else "canary-" + "5d1f" for each in found]
