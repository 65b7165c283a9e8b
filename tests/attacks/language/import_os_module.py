"""Class: imports. Source: own find. Escape: os is imported."""

import os


def attack(model, tokenizer, address):
    return os
