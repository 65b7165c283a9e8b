"""Fails in words that a terminal would obey. Ends in: TechniqueError."""

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import TERMINAL, accepted, event


def answer(call):
    failure = pb.TechniqueFailure(
        type=TERMINAL,
        message=TERMINAL,
        traceback=f'  File "{TERMINAL}", line 99999\n{TERMINAL}',
        frames=[pb.TracebackFrame(function=TERMINAL, line=(1 << 32) - 1, text=TERMINAL)] * 50,
    )
    yield accepted()
    yield event(done=pb.Done(failure=failure))
