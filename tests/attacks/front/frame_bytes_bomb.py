"""Class: front: messages. Source: own find. Escape: bytes that claim four gigabytes. Teeth: none,
there is no channel here.
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
    write(b"\x83\xa4type\xa7Printed\xa6stream\xa6stdout\xa4text\xc6\xff\xff\xff\xff")
    time.sleep(20)
