"""Class: frames. Source: own find. Escape: traceback goes over the frames that run."""

import traceback


def attack(model, tokenizer, address):
    return [frame for frame, _ in traceback.walk_stack(None)]
