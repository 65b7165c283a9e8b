"""Is done with what it never accepted. Ends in: ServerError."""

from tests.client.hostile_server import DONE


def answer(call):
    yield DONE
