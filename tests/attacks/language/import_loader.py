"""Class: imports. Source: own find. Escape: a module's loader imports others."""

import json


def attack(model, tokenizer, address):
    return json.__spec__.loader.load_module.__func__.__globals__
