"""Sends a byte now and then, for ever. Ends in: ServerUnavailableError."""

import time

from tests.client.hostile_server import accepted, piece


def answer(call):
    yield accepted(timeout_s=1)
    while True:
        time.sleep(0.3)
        yield piece(b"x", 1 << 30)
