"""Class: imports. Source: own find. Escape: pathlib makes files."""

import pathlib


def attack(model, tokenizer, address):
    pathlib.Path("escaped").touch()
