"""Class: front: messages. Source: own find. Escape: escapes for the terminal of whoever reads it.
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
    send(
        "Raised",
        exception="E\x1b]0;x\x07",
        message="\x1b[2J\r\x9b1A",
        frames=[],
        traceback="\x1b[2J",
        cpu_s=0.0,
    )
    time.sleep(20)
