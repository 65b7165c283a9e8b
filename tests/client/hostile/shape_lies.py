"""Sends a tensor of a shape that no memory holds. Ends in: WireError."""

import struct

import msgpack

from tests.client.hostile_server import DONE, accepted, piece


def answer(call):
    header = msgpack.packb(["float32", [0] + [1 << 47] * 20])
    body = struct.pack(">H", len(header)) + header
    yield accepted()
    yield piece(b"\xc8" + struct.pack(">H", len(body)) + b"\x01" + body)
    yield DONE
