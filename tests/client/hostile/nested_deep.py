"""Sends lists in lists in lists. Ends in: WireError."""

from tests.client.hostile_server import DONE, accepted, piece


def answer(call):
    yield accepted()
    yield piece(b"\x91" * 100_000 + b"\0")
    yield DONE
