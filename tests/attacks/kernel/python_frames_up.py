"""Class: secrets. Source: own find. Escape: the frames above hold the server's own objects. Teeth:
none, the test's own frames hold what the scene planted.
"""

import sys


def attack(model, tokenizer, scene):
    frame = sys._getframe()
    found = []
    while frame is not None:
        found += [repr(value)[:200] for value in frame.f_locals.values()]
        frame = frame.f_back
    return found
