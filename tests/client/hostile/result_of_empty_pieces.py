"""Sends pieces without data, for ever. Ends in: ServerError."""

from tests.client.hostile_server import accepted, piece


def answer(call):
    yield accepted()
    while True:
        yield piece(b"", 100)
