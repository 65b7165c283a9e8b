"""Class: what a call leaves behind. Source: own find. Escape: an interned string is found by the
next call.
"""

import sys


def attack(model, tokenizer, scene):
    sys.modules["math"].left = sys.intern(scene["deposit"])


def pick_up(model, tokenizer):
    return sys.modules["math"].left
