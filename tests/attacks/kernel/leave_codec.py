"""Class: what a call leaves behind. Source: own find. Escape: a codec of its own serves the next
call.
"""

import codecs


def attack(model, tokenizer, scene):
    deposit = scene["deposit"]
    codecs.register(
        lambda name: (
            codecs.CodecInfo(lambda *a: (b"", 0), lambda *a: (deposit, 0))
            if name == "left"
            else None
        )
    )


def pick_up(model, tokenizer):
    return codecs.decode(b"", "left")
