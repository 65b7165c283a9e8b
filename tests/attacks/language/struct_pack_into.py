"""Class: memory. Source: own find. Escape: a view of a buffer is handed out and written to.
Teeth: none, the buffer itself keeps its size while a view is out."""

import io
import struct


def attack(model, tokenizer, address):
    held = io.BytesIO(bytes(64))
    view = held.getbuffer()
    struct.pack_into("<Q", view, 0, address)
    return view
