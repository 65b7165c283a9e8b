"""Class: imports. Source: own find. Escape: shutil is imported."""

import shutil


def attack(model, tokenizer, address):
    return shutil
