"""Class: front: messages. Source: own find. Escape: chunks of a result after the end, for whoever
comes next. Teeth: none, there is no channel here.
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


def piece(data, total):
    rest = struct.pack("<IQ", 1 << 31 | len(data), total) + data
    while rest:
        rest = rest[os.write(3, rest) :]


def attack(model, tokenizer, scene):
    piece(b"\x01", 1)
    send("Returned", cpu_s=0.0)
    while True:
        piece(b"\xa6forged", 7)
    time.sleep(20)
