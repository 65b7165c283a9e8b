"""Reports progress and logs in words that a terminal would obey. Ends in: 1."""

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import TERMINAL, accepted, event, value


def answer(call):
    yield accepted()
    yield event(progress=pb.Progress(done=1, total=2, note=TERMINAL))
    yield event(log=pb.Log(level=3, text=TERMINAL))
    yield from value(1)
