"""Class: front: messages. Source: own find. Escape: a result of no bytes in three pieces. Teeth:
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
    for _ in range(3):
        send("Chunk", data=b"", total_bytes=0)
    send("Returned", cpu_s=0.0)
    time.sleep(20)
