"""`python -m cloche_server.hosting.ready ADDRESS`: ends once the server there has its models.

A process of its own: gRPC and protobuf are then the image's, never those that Modal's runtime
brings for itself into the container's first process.
"""

from __future__ import annotations

import sys
import time

import grpc
from cloche.v1 import execution_pb2, execution_pb2_grpc

_PROBE_S = 5.0


def main(address: str) -> None:
    """Asks for as long as it takes; whoever started this ends it when there is no hope."""
    with grpc.insecure_channel(address) as channel:
        stub = execution_pb2_grpc.ExecutionServiceStub(channel)
        while not _serves(stub):
            time.sleep(0.1)


def _serves(stub: execution_pb2_grpc.ExecutionServiceStub) -> bool:
    try:
        answer = stub.GetServerInfo(execution_pb2.GetServerInfoRequest(), timeout=_PROBE_S)
    except grpc.RpcError:
        return False
    # All of them: a server by itself is ready with one, and lets calls for the others wait.
    return all(model.state == execution_pb2.SERVER_STATE_READY for model in answer.models)


if __name__ == "__main__":
    main(sys.argv[1])
