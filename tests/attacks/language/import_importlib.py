"""Class: imports. Source: own find. Escape: importlib imports what no statement may."""

import importlib


def attack(model, tokenizer, address):
    return importlib.import_module("os")
