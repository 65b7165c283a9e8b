"""Class: what a call leaves behind. Source: own find. Escape: a callback of the collector runs in
the next call.
"""

import gc


def attack(model, tokenizer, scene):
    gc.callbacks.append(scene["deposit"])


def pick_up(model, tokenizer):
    return [each for each in gc.callbacks if isinstance(each, str)]
