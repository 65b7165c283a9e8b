"""Class: module gadget. Source: own find. Escape: cls= names a class that json makes."""

import json


class Fake:
    def __init__(self, **kw):
        self.kw = kw

    def encode(self, obj):
        return json.dumps.__globals__


def attack(model, tokenizer, address):
    return json.dumps({}, cls=Fake)
