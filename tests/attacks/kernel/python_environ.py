"""Class: secrets. Source: common knowledge. Escape: a variable is read."""

import os


def attack(model, tokenizer, scene):
    return dict(os.environ)
