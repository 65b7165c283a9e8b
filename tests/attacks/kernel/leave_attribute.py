"""Class: what a call leaves behind. Source: own find. Escape: a note on the model is found by the
next call.
"""


def attack(model, tokenizer, scene):
    model.note = scene["deposit"]


def pick_up(model, tokenizer):
    return model.note
