"""Class: what a call leaves behind. Source: own find. Escape: the next call's tokenizer pads on
the other side.
"""


def attack(model, tokenizer, scene):
    tokenizer.padding_side = "left" if tokenizer.padding_side == "right" else "right"
