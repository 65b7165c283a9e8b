"""Class: module gadget. Source: CVE-2024-47532. Escape: string.Template's imports."""

import string


def attack(model, tokenizer, address):
    return string._re
