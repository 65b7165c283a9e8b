"""Logs without end. Ends in: ServerError."""

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import TERMINAL, accepted, event


def answer(call):
    yield accepted()
    while True:
        yield event(log=pb.Log(level=3, text=TERMINAL))
