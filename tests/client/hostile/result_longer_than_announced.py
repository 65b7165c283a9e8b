"""Sends more than it announced. Ends in: ServerError."""

from tests.client.hostile_server import accepted, piece


def answer(call):
    yield accepted()
    while True:
        yield piece(bytes(1 << 10), 2000)
