"""Says again and again that the call waits, for ever. Ends in: ServerError."""

from cloche.v1 import execution_pb2 as pb


def answer(call):
    waits = pb.Queued(ahead=0xFFFF_FFFF)
    waits.expected.seconds = 315_576_000_000
    while True:
        yield pb.ExecuteStreamResponse(queued=waits)
