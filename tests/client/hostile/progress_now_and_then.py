"""Reports progress once a second, for ever. Ends in: ServerUnavailableError."""

import math
import time

from cloche.v1 import execution_pb2 as pb

from tests.client.hostile_server import accepted, event


def answer(call):
    yield accepted(timeout_s=1 << 40)
    while True:
        time.sleep(0.3)
        yield event(progress=pb.Progress(done=math.inf, total=math.nan))
