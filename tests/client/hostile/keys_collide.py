"""Sends maps whose keys have one hash and take long to compare. Ends in: WireError."""

import struct

import msgpack

from tests.client.hostile_server import DONE, accepted, piece


def answer(call):
    one = {_tuple(number): 0 for number in range(250)}
    yield accepted()
    yield piece(b"\xdd" + struct.pack(">I", 1) + msgpack.packb(one))
    yield DONE


def _tuple(number):
    bits = [-1 if number >> bit & 1 else -2 for bit in range(8)]
    return msgpack.ExtType(3, msgpack.packb([0] * 4000 + bits))
