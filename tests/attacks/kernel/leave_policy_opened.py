"""Class: what a call leaves behind. Source: own find. Escape: the language wall of the next call
is opened.
"""

from cloche_server.sandbox import session


def attack(model, tokenizer, scene):
    deposit = scene["deposit"]
    session.wire.left = deposit


def pick_up(model, tokenizer):
    return session.wire.left
