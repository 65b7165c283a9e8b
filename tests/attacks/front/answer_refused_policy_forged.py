"""Class: front: messages. Source: own find. Escape: a refusal full of diagnostics too long for
gRPC's trailers. Teeth: none, there is no channel here.
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
    item = dict(
        code="c" * 100,
        message="m" * 2000,
        hint="h" * 2000,
        line=1,
        column=1,
        end_line=1,
        end_column=1,
    )
    send(
        "Refused",
        reason="POLICY",
        message="m" * 100_000,
        field="f" * 100_000,
        diagnostics=[item] * 100,
    )
    time.sleep(20)
