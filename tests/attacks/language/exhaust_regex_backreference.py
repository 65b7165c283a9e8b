"""Class: resource exhaustion. Source: CWE-1333. Escape: the same by back references.
Limits: timeout_s=0.5
"""

import re


def attack(model, tokenizer, address):
    return re.match(r"(.*)*\1$b", "ab" * 40)
