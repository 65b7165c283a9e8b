"""Class: front: messages. Source: own find. Escape: half a frame, and then nothing: the front
waits. Teeth: none, there is no channel here.
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
    os.write(3, struct.pack("<I", 1000) + b"x")
    time.sleep(20)
