"""Class: front: messages. Source: own find. Escape: the same field twice: which one is believed?.
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
    write(
        b"\x84\xa4type\xa5Chunk\xa4data\xc4\x01x\xabtotal_bytes\x01\xabtotal_bytes\xcf"
        + b"\xff" * 8
    )
    time.sleep(20)
