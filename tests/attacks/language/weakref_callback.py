"""Class: module gadget. Source: own find. Escape: weakref reaches objects of other owners."""

import weakref


def attack(model, tokenizer, address):
    return weakref.sys.modules["os"]
