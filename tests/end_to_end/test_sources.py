"""Techniques by digest: a long source is sent once, and again where the server forgot it."""

from __future__ import annotations

import hashlib

import grpc
import pytest
from cloche import InterpClient
from cloche.contract.errors import PolicyError
from cloche.v1 import execution_pb2 as pb

from tests.support.server import RunningServer, refused, request

LONG = "def f(model, tokenizer, x): return x + 1\n" + "# a remark\n" * 1000


def test_a_source_that_ran_is_called_by_its_digest(server: RunningServer) -> None:
    text = LONG + "# called by its digest"
    call = request(text, 1)
    digest = pb.Technique(sha256=hashlib.sha256(text.encode()).digest())
    unknown = pb.Call(technique=digest, args=call.args)
    with pytest.raises(grpc.RpcError) as caught:
        server.stub.Execute(pb.ExecuteRequest(call=unknown))
    found = refused(caught.value)
    assert (found.code, found.reason) == (grpc.StatusCode.NOT_FOUND, "SOURCE_UNKNOWN")
    server.stub.Execute(pb.ExecuteRequest(call=call))
    assert server.stub.Execute(pb.ExecuteRequest(call=unknown)).result == b"\x02"
    assert server.stub.Check(pb.CheckRequest(technique=digest)).functions == ["f"]


def test_the_client_sends_a_source_again_where_the_server_forgot_it(server: RunningServer) -> None:
    text = LONG + "# forgotten"
    with InterpClient(address=server.address) as client:
        client._connection.sources.learn(text)  # as before a restart of the server
        assert [client.run(text, x) for x in (1, 2)] == [2, 3]


def test_what_the_client_sends_gets_smaller(server: RunningServer) -> None:
    sizes: list[int] = []
    with InterpClient(address=server.address) as client:
        execute = client._connection._execute
        client._connection._execute = lambda message: (  # type: ignore[method-assign]
            sizes.append(message.ByteSize()) or execute(message)
        )
        assert [client.run(LONG, x) for x in (1, 2)] == [2, 3]
        assert sizes[0] > len(LONG) > 100 > sizes[1]
        # A refusal still points into the source that was not sent.
        failing = LONG + "def g(model, tokenizer, x): return x.__globals__"
        for _ in range(2):
            with pytest.raises(PolicyError) as caught:
                client.with_options(entry_point="g").run(failing, 1)
            assert "x.__globals__" in str(caught.value)
