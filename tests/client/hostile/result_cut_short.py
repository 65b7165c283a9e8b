"""Is done before the result is whole. Ends in: ServerError."""

from tests.client.hostile_server import DONE, accepted, piece


def answer(call):
    yield accepted()
    yield piece(b"\xc4\x05ab", 7)
    yield DONE
