"""Class: module gadget. Source: CVE-2023-37271 advisory discussion, in kind. Escape: attrgetter
takes a dotted path in one text.
"""

import operator


def attack(model, tokenizer, address):
    return operator.attrgetter("generate.__func__.__globals__")(model)
