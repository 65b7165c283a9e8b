"""Class: what a call leaves behind. Source: own find. Escape: an audit hook, which can never be
taken off again, hears the next call.
"""

import sys


def attack(model, tokenizer, scene):
    deposit = scene["deposit"]

    def hook(event, args):
        if event == "cloche.ask":
            args[0].append(deposit)

    sys.addaudithook(hook)


def pick_up(model, tokenizer):
    found = []
    sys.audit("cloche.ask", found)
    return found
