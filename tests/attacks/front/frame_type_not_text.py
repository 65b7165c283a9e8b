"""Class: front: messages. Source: own find. Escape: a kind that is a number, a map, bytes. Teeth:
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
    write(b"\x81\xa4type\x81\xa4type\xc4\x01x")
    time.sleep(20)
