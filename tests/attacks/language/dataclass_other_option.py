"""Class: module gadget. Source: own find. Escape: dataclass takes an option that makes weak
references or more."""

import dataclasses


class A:
    x: int


def attack(model, tokenizer, address):
    dataclasses.dataclass(A, slots=True, weakref_slot=True)
    return "canary-" + "5d1f"
