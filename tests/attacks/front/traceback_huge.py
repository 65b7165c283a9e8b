"""Class: front: messages. Source: own find. Escape: a traceback of many frames and long texts.
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
    frame = {"function": "f" * 1000, "line": 1, "column": 1, "text": "t" * 1000}
    send(
        "Raised",
        exception="E" * 10_000,
        message="m" * 100_000,
        frames=[frame] * 300,
        traceback="t" * 100_000,
        cpu_s=0.0,
    )
    time.sleep(20)
