"""Class: module gadget. Source: own find. Escape: textwrap's wrapper carries compiled patterns and
its module.
"""

import textwrap


def attack(model, tokenizer, address):
    return textwrap.dedent.__globals__
