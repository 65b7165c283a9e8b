"""Sends one message of 64 MiB. Ends in: ClocheError."""

from tests.client.hostile_server import accepted, piece


def answer(call):
    yield accepted()
    yield piece(bytes(64 << 20), 64 << 20)
