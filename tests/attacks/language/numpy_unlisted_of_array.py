"""Class: memory. Source: own find. Escape: parts of an array that lead to memory, files or pickles."""

import numpy as np


def attack(model, tokenizer, address):
    done = []
    x = np.zeros(3)[1:]
    for read in (
        lambda: x.base,
        lambda: x.ctypes,
        lambda: x.data,
        lambda: x.setflags,
        lambda: x.dumps,
        lambda: x.tofile,
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
