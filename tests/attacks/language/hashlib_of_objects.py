"""Class: memory. Source: own find. Escape: bytes of an array of objects are pointers to them.
Teeth: none, an address is no memory."""

import base64
import io
import zlib

import numpy as np


def attack(model, tokenizer, address):
    held = np.array([model, tokenizer], dtype=object)
    out = io.BytesIO()
    out.write(held)
    return base64.b64encode(held), zlib.compress(held), out.getvalue()
