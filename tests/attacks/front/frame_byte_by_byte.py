"""Class: front: messages. Source: own find. Escape: a frame that comes one byte at a time keeps
the front busy. Teeth: none, there is no channel here.
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
    for byte in struct.pack("<I", 1 << 19) + bytes(1 << 19):
        os.write(3, bytes([byte]))
    time.sleep(20)
