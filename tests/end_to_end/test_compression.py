"""gRPC would inflate a compressed message whole before anybody could bound it: none is taken."""

from __future__ import annotations

import grpc
import psutil
import pytest
from cloche.v1 import execution_pb2 as pb

from tests.support.memory import growth
from tests.support.server import RunningServer, request

BOMB_BYTES = 64 << 20


@pytest.mark.parametrize("algorithm", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_a_bomb_is_refused_before_it_takes_memory(
    server: RunningServer, algorithm: grpc.Compression
) -> None:
    call = request("def f(model, tokenizer): return 1")
    call.args = bytes(BOMB_BYTES)
    front = psutil.Process(server.process.pid)
    with growth(front) as most, pytest.raises(grpc.RpcError) as caught:
        server.stub.Execute(pb.ExecuteRequest(call=call), compression=algorithm, timeout=60)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert most() < 32 << 20
