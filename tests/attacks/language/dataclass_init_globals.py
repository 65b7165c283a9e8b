"""Class: module gadget. Source: own find. Escape: a generated method's globals."""

from dataclasses import dataclass


@dataclass
class A:
    x: int = 0


def attack(model, tokenizer, address):
    return A.__init__.__globals__
