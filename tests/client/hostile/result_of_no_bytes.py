"""Is done, and there is no result. Ends in: ServerError."""

from tests.client.hostile_server import DONE, accepted


def answer(call):
    yield accepted()
    yield DONE
