"""Class: module gadget. Source: own find. Escape: re.Scanner calls what it is told, and its module
is near.
"""

import re


def attack(model, tokenizer, address):
    return re.Scanner([("a", lambda scanner, token: token)]).scan.__func__.__globals__
