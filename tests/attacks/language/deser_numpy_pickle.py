"""Class: deserialisation. Source: CVE-2019-6446. Escape: numpy unpickles arrays of objects."""

import numpy as np


def attack(model, tokenizer, address):
    return np.loads if hasattr(np, "loads") else np.load.__globals__["pickle"]
