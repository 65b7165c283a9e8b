"""Class: module gadget. Source: own find. Escape: typing's classes keep their module in sight."""

import typing


def attack(model, tokenizer, address):
    return typing.NewType("X", int).__init__.__func__.__globals__
