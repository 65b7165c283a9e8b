"""Sends events of no kind without end. Ends in: ServerError."""

from tests.client.hostile_server import accepted, event


def answer(call):
    yield accepted()
    while True:
        yield event()
