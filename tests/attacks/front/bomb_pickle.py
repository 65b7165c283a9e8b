"""Class: front: results that are bombs. Source: common knowledge. Escape: a pickle: nobody may
unpickle it. Teeth: none, there is no channel here.
Limits: timeout_s=5
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


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    result = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0dtouch escaped\x85R."
    for start in range(0, len(result), 1 << 20):
        piece(result[start : start + (1 << 20)], len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
