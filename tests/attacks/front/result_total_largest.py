"""Class: front: messages. Source: own find. Escape: a total beyond any number that protobuf holds.
Teeth: none, there is no channel here.
Limits: timeout_s=1
"""

import os
import struct
import time


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    piece(b"x", 2**64 - 1)
    time.sleep(20)
