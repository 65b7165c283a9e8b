"""Class: imports. Source: own find. Escape: sys knows every module."""

import sys


def attack(model, tokenizer, address):
    return sys.modules
