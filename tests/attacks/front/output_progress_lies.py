"""Class: front: messages. Source: own find. Escape: progress that is no number. Teeth: none, there
is no channel here.
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
    for done in (float("nan"), float("inf"), -1e308):
        send("Progressed", done=done, total=done, note="\x1b[2J")
    time.sleep(20)
