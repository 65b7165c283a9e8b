"""Class: front: messages. Source: own find. Escape: a message without a kind, an array, a number.
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
    for body in (b"\x80", b"\x90", b"\x01", b"\xc0", b"\xa1x"):
        write(body)
    time.sleep(20)
