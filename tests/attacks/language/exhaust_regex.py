"""Class: resource exhaustion. Source: CWE-1333. Escape: a pattern that backtracks for ever, inside
C.
Limits: timeout_s=0.5
"""

import re


def attack(model, tokenizer, address):
    return re.match("(a+)+b", "a" * 64)
