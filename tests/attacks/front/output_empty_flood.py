"""Class: front: messages. Source: own find. Escape: prints of nothing, on both streams in turn,
which nothing counts or joins. Teeth: none, there is no channel here.
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
    pieces = [
        msgspec.msgpack.encode(dict(type="Printed", stream=name, text=""))
        for name in ("stdout", "stderr") * 2000
    ]
    flood = b"".join(struct.pack("<I", len(piece)) + piece for piece in pieces)
    while True:
        rest = memoryview(flood)
        while rest:
            rest = rest[os.write(3, rest) :]
    time.sleep(20)
