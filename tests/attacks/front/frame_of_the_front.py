"""Class: front: messages. Source: own find. Escape: a message that only the front sends. Teeth:
none, there is no channel here.
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
    send(
        "Run",
        source="",
        entry_point="",
        args=b"",
        kwargs=b"",
        timeout_s=1.0,
        memory_bytes=1,
        result_max_bytes=1,
        output_max_bytes=1,
        seed=None,
    )
    time.sleep(20)
