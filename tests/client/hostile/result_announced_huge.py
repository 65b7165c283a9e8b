"""Announces more than fits into any memory. Ends in: ServerError."""

from tests.client.hostile_server import accepted, piece


def answer(call):
    yield accepted(result_max_bytes=(1 << 64) - 1)
    while True:
        yield piece(bytes(1 << 20), 1 << 63)
