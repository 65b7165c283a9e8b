"""Class: front: messages. Source: own find. Escape: the same field twice: which one is believed?.
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
    write(
        b"\x84\xa4type\xa7Printed\xa6stream\xa6stdout\xa4text\xa1x\xa4text\xda\xff\xff"
        + b"\xff" * 65535
    )
    time.sleep(20)
