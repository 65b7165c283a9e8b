"""Accepts the call again. Ends in: ServerError."""

from tests.client.hostile_server import accepted


def answer(call):
    yield accepted()
    yield accepted()
