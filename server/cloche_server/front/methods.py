"""The service's methods as gRPC takes them, with answers that may be bytes already.

What the generated code registers serialises every message: a large result would be copied twice
more.
"""

from __future__ import annotations

from typing import Any, Final

import grpc
from cloche.v1 import execution_pb2 as pb
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from cloche_server.front.service import ExecutionService

SERVICE: Final = pb.DESCRIPTOR.services_by_name["ExecutionService"]
_HANDLERS: Final = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def add_to_server(service: ExecutionService, server: grpc.aio.Server) -> None:
    """Every method of the contract; AttributeError where the service lacks one."""
    handlers: dict[str, Any] = {}
    for method in SERVICE.methods:
        make: Any = _HANDLERS[method.client_streaming, method.server_streaming]
        handlers[method.name] = make(
            getattr(service, method.name),
            request_deserializer=GetMessageClass(method.input_type).FromString,
            response_serializer=_serialised,
        )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE.full_name, handlers),)
    )


def _serialised(answer: Message | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else answer.SerializeToString()
