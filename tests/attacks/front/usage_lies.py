"""Class: front: messages. Source: own find. Escape: processor time and positions that protobuf
cannot hold. Teeth: none, there is no channel here.
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
    frame = {"function": "f", "line": 2**40, "column": -(2**40), "text": ""}
    send("Raised", exception="E", message="", frames=[frame], traceback="", cpu_s=float("nan"))
    time.sleep(20)
