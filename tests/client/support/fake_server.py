"""The service with scripted answers, in this process.

`handler` decides each call: a generator of ExecuteStreamResponse that may abort through `refuse`.
"""

from __future__ import annotations

import contextlib
import threading
import types
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
from cloche import wire
from cloche.contract.status import DOMAIN, STATUS, Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

Handler = Callable[[pb.Call, grpc.ServicerContext], Iterator[pb.ExecuteStreamResponse]]


class FakeService(rpc.ExecutionServiceServicer):
    """Answers from its attributes; `calls` keeps what it was asked."""

    def __init__(self) -> None:
        self.handler: Handler = returning(None)
        self.states: list[tuple[int, str, float | None]] = []
        self.calls: list[pb.Call] = []
        self.cancelled = threading.Event()
        self.checked = pb.CheckResponse()
        self.check_refusal: tuple[Reason, str] | None = None
        self.info_refusal: tuple[Reason, str] | None = None

    def ExecuteStream(
        self, request: pb.ExecuteStreamRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.ExecuteStreamResponse]:
        self.calls.append(request.call)
        context.add_callback(lambda: None if context.code() else self.cancelled.set())
        yield from self.handler(request.call, context)

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        if self.check_refusal:
            refuse(context, *self.check_refusal)
        return self.checked

    def GetServerInfo(
        self, request: pb.GetServerInfoRequest, context: grpc.ServicerContext
    ) -> pb.GetServerInfoResponse:
        if self.info_refusal:
            refuse(context, *self.info_refusal)
        state, detail, fraction = pb.SERVER_STATE_READY, "", None
        if self.states:
            state, detail, fraction = self.states[0]
            if len(self.states) > 1:
                self.states.pop(0)
        return server_info(state, detail, fraction)


def server_info(
    state: int = pb.SERVER_STATE_READY, detail: str = "", fraction: float | None = None
) -> pb.GetServerInfoResponse:
    return pb.GetServerInfoResponse(
        state=state,  # type: ignore[arg-type]
        state_detail=detail,
        state_fraction=fraction,
        model=pb.ModelInfo(
            name="tiny", architecture="TinyForCausalLM", dtype="float32", device="cpu",
            parameters=1234567, weight_bytes=4938268, attn_implementation="eager", threads=2,
            dequantized_from="fp8",
        ),
        limits=pb.Limits(
            timeout_default=duration_pb2.Duration(seconds=60),
            timeout_max=duration_pb2.Duration(seconds=600, nanos=500_000_000),
            memory_default_bytes=4 << 30, memory_max_bytes=16 << 30, concurrent_calls=8,
        ),
        importable_modules=["math", "torch"],
        layers=[
            pb.Layer(name="language", active=True, detail="default deny", closes=["import"]),
            pb.Layer(name="landlock", active=False, detail="ENOSYS; an empty root closes it"),
        ],
        versions={"cloche": "0.0.7", "python": "3.11"},
    )  # fmt: skip


def refuse(
    context: grpc.ServicerContext,
    reason: Reason,
    message: str,
    *,
    metadata: dict[str, str] | None = None,
    retry_after_s: float | None = None,
    diagnostics: pb.Diagnostics | None = None,
) -> None:
    """Aborts the call as the real front does."""
    details = [error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata)]
    if retry_after_s is not None:
        delay = duration_pb2.Duration(nanos=int(retry_after_s * 1e9))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    if diagnostics is not None:
        details.append(diagnostics)
    packed = []
    for detail in details:
        packed.append(any_pb2.Any())
        packed[-1].Pack(detail)
    number = getattr(code_pb2, STATUS[reason].code)
    status = status_pb2.Status(code=number, message=message, details=packed)
    context.abort_with_status(rpc_status.to_status(status))


def refusing(reason: Reason, message: str = "no", **details: Any) -> Handler:
    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        refuse(context, reason, message, **details)
        yield

    return handler


def refusing_with(code: int, reason: str, message: str) -> Handler:
    """A refusal with a reason of any name."""

    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        packed = any_pb2.Any()
        packed.Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN))
        status = status_pb2.Status(code=code, message=message, details=[packed])
        context.abort_with_status(rpc_status.to_status(status))
        yield

    return handler


def aborting(code: grpc.StatusCode, message: str) -> Handler:
    """A plain status without our details, as a proxy would give."""

    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        context.abort(code, message)
        yield

    return handler


def returning(value: object, *before: pb.ExecuteStreamResponse, chunk: int = 7) -> Handler:
    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[pb.ExecuteStreamResponse]:
        yield accepted(call)
        yield from before
        data = wire.encode(value)
        for start in range(0, len(data), chunk):
            piece = pb.ResultChunk(data=data[start : start + chunk], total_bytes=len(data))
            yield pb.ExecuteStreamResponse(result_chunk=piece)
        usage = pb.Usage(
            wall_clock=duration_pb2.Duration(nanos=250_000_000), memory_peak_bytes=4096
        )
        yield pb.ExecuteStreamResponse(done=pb.Done(usage=usage))

    return handler


def running_it(call: pb.Call, context: grpc.ServicerContext) -> Iterator[pb.ExecuteStreamResponse]:
    """Really runs the source, with None for model and tokenizer."""
    namespace: dict[str, Any] = {}
    exec(compile(call.technique.source, "<technique>", "exec"), namespace)
    functions = [v for v in namespace.values() if isinstance(v, types.FunctionType)]
    name = call.technique.entry_point
    entry = namespace[name] if name else functions[-1]
    args = wire.decode(call.args) if call.args else []
    kwargs = wire.decode(call.kwargs) if call.kwargs else {}
    yield from returning(entry(None, None, *args, **kwargs), chunk=1 << 16)(call, context)


def failing(failure: pb.TechniqueFailure) -> Handler:
    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[pb.ExecuteStreamResponse]:
        yield accepted(call)
        yield pb.ExecuteStreamResponse(done=pb.Done(failure=failure))

    return handler


def accepted(call: pb.Call) -> pb.ExecuteStreamResponse:
    return pb.ExecuteStreamResponse(accepted=pb.Accepted(call_id="call-1", options=call.options))


def printed(text: str, stream: int = pb.STREAM_STDOUT) -> pb.ExecuteStreamResponse:
    return pb.ExecuteStreamResponse(output=pb.Output(stream=stream, text=text))  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(service: FakeService, address: str = "127.0.0.1:0") -> Iterator[str]:
    """Serves on `address`; gives the address with the port that was free."""
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    rpc.add_ExecutionServiceServicer_to_server(service, server)
    port = server.add_insecure_port(address)
    server.start()
    try:
        yield address if address.startswith("unix:") else f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
