"""Class: module gadget. Source: own find. Escape: json makes a class of the technique's and calls
it."""

import json


class Own:
    def __init__(self, **kw):
        pass

    def encode(self, value):
        return "canary-" + "5d1f"

    decode = encode


def attack(model, tokenizer, address):
    done = []
    for way in (lambda: json.dumps({}, cls=Own), lambda: json.loads("{}", cls=Own)):
        try:
            done.append(way())
        except Exception:
            pass
    return done
