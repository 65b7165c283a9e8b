"""Shows signs of life for ever, and never begins the call. Ends in: ServerUnavailableError."""

import time

from tests.client.hostile_server import event


def answer(call):
    while True:
        time.sleep(0.1)
        yield event()
