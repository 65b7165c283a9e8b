"""Class: module gadget. Source: common knowledge. Escape: a module's own import of os."""

import random


def attack(model, tokenizer, address):
    return random._os.environ["CLOCHE_CANARY"]
