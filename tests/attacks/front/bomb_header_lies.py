"""Class: front: results that are bombs. Source: own find. Escape: an array's header longer than
the array. Teeth: none, there is no channel here.
Limits: timeout_s=5
"""

import os
import struct
import time

import msgspec

ARRAY = 2


def write(body):
    rest = struct.pack("<I", len(body)) + body
    while rest:
        rest = rest[os.write(3, rest) :]


def send(kind, **fields):
    write(msgspec.msgpack.encode({"type": kind} | fields))


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    result = b"\xc7\x03" + bytes([ARRAY]) + b"\xff\xff\x90"
    for start in range(0, len(result), 1 << 20):
        piece(result[start : start + (1 << 20)], len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
