"""Class: front: messages. Source: own find. Escape: one piece, and the wall clock is put off.
Teeth: none, there is no channel here.
Limits: timeout_s=0.5
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
    send("Chunk", data=b"x", total_bytes=10)
    time.sleep(20)
