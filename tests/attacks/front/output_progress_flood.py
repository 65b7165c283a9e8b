"""Class: front: messages. Source: own find. Escape: notes of any length count as a few bytes.
Teeth: none, there is no channel here.
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
        send("Progressed", done=1.0, total=None, note="n" * 900_000)
    time.sleep(20)
