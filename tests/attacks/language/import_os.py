"""Class: imports. Source: common knowledge. Escape: os is imported."""

import os


def attack(model, tokenizer, address):
    return os.environ["CLOCHE_CANARY"]
