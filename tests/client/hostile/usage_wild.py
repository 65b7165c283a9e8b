"""Says that the call took less than no time. Ends in: 1."""

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import accepted, event, value


def answer(call):
    usage = pb.Usage(memory_peak_bytes=(1 << 64) - 1)
    usage.wall_clock.seconds = -(1 << 63)
    usage.cpu.nanos = -(1 << 31)
    yield accepted(timeout_s=-5)
    yield from value(1)[:-1]
    yield event(done=pb.Done(usage=usage))
