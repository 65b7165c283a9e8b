"""Never accepts the call, and answers all other questions. Ends in: ServerUnavailableError."""

import time

from tests.client.hostile_server import accepted


def answer(call):
    time.sleep(30)
    yield accepted()
