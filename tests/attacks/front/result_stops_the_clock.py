"""Class: front: messages. Source: own find. Escape: one piece, and the wall clock is put off.
Teeth: none, there is no channel here.
Limits: timeout_s=0.5
"""

import os
import struct
import time


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    piece(b"x", 10)
    time.sleep(20)
