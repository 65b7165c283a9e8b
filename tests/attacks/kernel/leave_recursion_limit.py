"""Class: what a call leaves behind. Source: own find. Escape: the next call crashes for want of
stack.
"""

import sys


def attack(model, tokenizer, scene):
    sys.setrecursionlimit(10**9)
