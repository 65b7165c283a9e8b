"""Class: what a call leaves behind. Source: own find. Escape: code runs when the process ends."""

import atexit


def attack(model, tokenizer, scene):
    atexit.register(lambda: open(scene["folder"] + "/escaped", "w"))
