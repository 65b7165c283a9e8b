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


def attack(model, tokenizer, scene):
    send("Chunk", data=b"\x01", total_bytes=1)
    send("Returned", cpu_s=0.0)
    while True:
        send("Chunk", data=b"\xa6forged", total_bytes=7)
    time.sleep(20)
