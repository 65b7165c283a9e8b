"""Class: what a call leaves behind. Source: own find. Escape: a variable of the environment is
found by the next call.
"""

import os


def attack(model, tokenizer, scene):
    os.environ["LEFT_BEHIND"] = scene["deposit"]


def pick_up(model, tokenizer):
    return os.environ["LEFT_BEHIND"]
