"""Class: front: messages. Source: own find. Escape: pieces of no bytes without end, which no limit
counts. Teeth: none, there is no channel here.
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
    while True:
        piece(b"", 10)
    time.sleep(20)
