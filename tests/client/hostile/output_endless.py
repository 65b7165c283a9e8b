"""Prints without end, as its limit allows. Ends in: ServerError."""

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import accepted, event


def answer(call):
    yield accepted(output_max_bytes=(1 << 64) - 1)
    while True:
        yield event(output=pb.Output(stream=1, text="x" * 65536))
