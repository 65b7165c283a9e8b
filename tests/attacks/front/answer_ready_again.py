"""Class: front: messages. Source: own find. Escape: a sandbox that says it is ready, with
another's number. Teeth: none, there is no channel here.
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
    send("Ready", pid=scene["processes"]["front"])
    time.sleep(20)
