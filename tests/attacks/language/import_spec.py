"""Class: imports. Source: own find. Escape: a module's own specification loads others."""

import json


def attack(model, tokenizer, address):
    return json.__spec__.loader.load_module.__globals__
