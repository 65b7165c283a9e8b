"""Class: front: results that are bombs. Source: own find. Escape: an array that claims four
billion items. Teeth: none, there is no channel here.
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


def attack(model, tokenizer, scene):
    result = b"\xdd\xff\xff\xff\xff"
    for start in range(0, len(result), 1 << 18):
        send("Chunk", data=result[start : start + (1 << 18)], total_bytes=len(result))
    send("Returned", cpu_s=0.0)
    time.sleep(20)
