"""Class: what a call leaves behind. Source: own find. Escape: the next call imports from
elsewhere.
"""

import sys


def attack(model, tokenizer, scene):
    sys.path.insert(0, scene["folder"])
