"""Class: what a call leaves behind. Source: own find. Escape: a builtin is replaced for the next
call.
"""

import builtins


def attack(model, tokenizer, scene):
    builtins.sorted = lambda *args, **kwargs: [0]
