"""Class: front: messages. Source: own find. Escape: a result without end. Teeth: none, there is no
channel here.
Limits: timeout_s=2
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
    while True:
        send("Chunk", data=bytes(1 << 18), total_bytes=4 << 20)
    time.sleep(20)
