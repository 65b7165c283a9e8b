"""Class: what a call leaves behind. Source: own find. Escape: the encoder of results is replaced
for the next call.
"""

from cloche import wire


def attack(model, tokenizer, scene):
    forged = wire.encode(scene["deposit"])
    wire.encode = lambda value, **kwargs: forged


def pick_up(model, tokenizer):
    return wire.encode(1)
