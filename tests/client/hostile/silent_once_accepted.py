"""Accepts the call for ever, and says nothing more. Ends in: ServerUnavailableError."""

import time

from tests.client.hostile_server import accepted


def answer(call):
    yield accepted(timeout_s=1 << 40)
    time.sleep(30)
