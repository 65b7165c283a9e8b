"""Class: module gadget. Source: own find. Escape: json makes a class of the technique's and calls
it."""

import json


class Own:
    def __init__(self, **kw):
        pass

    def decode(self, value):
        return "canary-" + "5d1f"


def attack(model, tokenizer, address):
    done = []
    try:
        done.append(json.loads("{}", cls=Own))
    except Exception:
        pass
    return done
