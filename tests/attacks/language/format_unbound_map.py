"""Class: format strings. Source: design rule 4. Escape: str.format through map."""

import os


def attack(model, tokenizer, address):
    return list(map(str.format, ["{0.environ[CLOCHE_CANARY]}"], [os]))[0]
