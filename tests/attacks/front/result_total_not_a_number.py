"""Class: front: messages. Source: own find. Escape: a total that is true, text, or no number.
Teeth: none, there is no channel here.
Limits: timeout_s=1
"""

import os
import struct
import time

import msgspec


def write(body):
    rest = struct.pack("<I", len(body)) + body
    while rest:
        rest = rest[os.write(3, rest) :]


def send(kind, **fields):
    write(msgspec.msgpack.encode({"type": kind} | fields))


def attack(model, tokenizer, scene):
    for total in (True, "1", 1.0, float("nan"), None):
        send("Chunk", data=b"x", total_bytes=total)
    time.sleep(20)
