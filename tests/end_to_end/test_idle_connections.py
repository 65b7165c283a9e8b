"""Somebody opens all the connections that there may be, and says nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import socket

import grpc
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from tests.support.server import request, running_server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")

WELL = "def well(model, tokenizer): return 'well'"
LONG = "import time\ndef f(model, tokenizer): time.sleep(5)"
DESCRIPTORS = 300
# HTTP/2's preface, empty settings, and that ours were seen: who does not say so is hung up on soon.
SETTINGS, SEEN = (bytes((0, 0, 0, 4, flag, 0, 0, 0, 0)) for flag in (0, 1))
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS + SEEN
UNDER = ["sh", "-c", f'ulimit -n {DESCRIPTORS} && exec "$@"', "sh"]


def test_idle_connections_of_one_address_keep_nobody_out(config: ServerConfig) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here: all connections come from one address")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    open_to_all = dataclasses.replace(config, unprotected=True)
    with (
        running_server(open_to_all, listen=f"[::]:{port}", under=UNDER) as server,
        grpc.insecure_channel(f"127.0.0.1:{port}") as near,
        contextlib.ExitStack() as stack,
    ):
        served = execution_pb2_grpc.ExecutionServiceStub(near).Execute.future(
            pb.ExecuteRequest(call=request(LONG))
        )
        wait_until(server.sleeping_calls)
        for _ in range(DESCRIPTORS):
            with contextlib.suppress(OSError):
                idle = socket.create_connection(("127.0.0.1", port), timeout=5)
                stack.enter_context(idle).sendall(GREETING)

        def answered() -> bool:
            with grpc.insecure_channel(f"[::1]:{port}") as far:
                stub = execution_pb2_grpc.ExecutionServiceStub(far)
                try:
                    stub.Execute(pb.ExecuteRequest(call=request(WELL)), timeout=10)
                except grpc.RpcError:
                    return False
            return True

        wait_until(answered)
        served.result()  # what carries a call is left alone
