"""Class: what a call leaves behind. Source: own find. Escape: a trace function sees every line of
the next call.
"""

import sys


def attack(model, tokenizer, scene):
    sys.settrace(lambda *args: None)
