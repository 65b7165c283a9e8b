"""Class: front: messages. Source: own find. Escape: a result without end. Teeth: none, there is no
channel here.
Limits: timeout_s=2
"""

import os
import struct
import time


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    while True:
        piece(bytes(1 << 20), 4 << 20)
    time.sleep(20)
