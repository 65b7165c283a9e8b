"""Refuses in words that a terminal would obey. Ends in: ServerBusyError."""

import grpc

from tests.client.hostile_server import TERMINAL, Refused


def answer(call):
    raise Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, TERMINAL.encode("ascii", "replace").decode())
    yield
