"""Sends a pickle. Ends in: WireError."""

import pickle

from tests.client.hostile_server import DONE, accepted, piece


def answer(call):
    yield accepted()
    yield piece(pickle.dumps({"a": 1}))
    yield DONE
