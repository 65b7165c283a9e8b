"""Class: what a call leaves behind. Source: own find. Escape: a module of its own is imported by
the next call.
"""

import sys
import types


def attack(model, tokenizer, scene):
    sys.modules["left_behind"] = types.SimpleNamespace(note=scene["deposit"])


def pick_up(model, tokenizer):
    import left_behind

    return left_behind.note
