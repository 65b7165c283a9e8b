"""A server that lies, and what its lies are made of. One lie each is in `hostile/`."""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import msgpack
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc

#: Titles, clears, hides and turns around what a terminal shows.
TERMINAL = (
    "\x1b]0;OWNED\x07\x1b[2J\u202eevil\u2066\u200e\u200f\u061c\u2028\u2029\x9b31m\x00\u200b\u2060"
    "\x1b]8;;http://x\x07\x1b[8m\U000e0041\ufeff"
)
DONE = pb.ExecuteStreamResponse(done=pb.Done())


class Refused(Exception):
    """Ends the call with a status."""


def event(**fields: Any) -> pb.ExecuteStreamResponse:
    return pb.ExecuteStreamResponse(**fields)


def accepted(*, timeout_s: int = 60, **options: int) -> pb.ExecuteStreamResponse:
    found = pb.Accepted(call_id=TERMINAL, options=pb.CallOptions(**options))  # type: ignore[arg-type]
    found.options.timeout.seconds = timeout_s
    return event(accepted=found)


def piece(data: bytes, total: int | None = None) -> pb.ExecuteStreamResponse:
    whole = len(data) if total is None else total
    return event(result_chunk=pb.ResultChunk(data=data, total_bytes=whole))


def value(result: object) -> list[pb.ExecuteStreamResponse]:
    return [piece(msgpack.packb(result)), DONE]


class _Liar(rpc.ExecutionServiceServicer):
    def __init__(self, answer: Any, over: threading.Event) -> None:
        self._answer = answer
        self._over = over

    def GetServerInfo(self, request: Any, context: Any) -> pb.GetServerInfoResponse:
        return info()

    def Check(self, request: Any, context: Any) -> pb.CheckResponse:
        diagnostic = pb.Diagnostic(code=TERMINAL, message=TERMINAL, hint=TERMINAL, line=2**32 - 1)
        return pb.CheckResponse(
            functions=[TERMINAL], diagnostics=pb.Diagnostics(items=[diagnostic])
        )

    def ExecuteStream(self, request: Any, context: Any) -> Iterator[pb.ExecuteStreamResponse]:
        try:
            for message in self._answer(request.call):
                if self._over.is_set() or not context.is_active():
                    return
                yield message
        except Refused as refused:
            context.abort(*refused.args)


def info() -> pb.GetServerInfoResponse:
    """Lies in every field."""
    answer = pb.GetServerInfoResponse(
        state=pb.SERVER_STATE_READY,
        state_detail=TERMINAL,
        state_fraction=float("nan"),
        importable_modules=[TERMINAL] * 3,
        versions={TERMINAL: TERMINAL},
        layers=[pb.Layer(name=TERMINAL, detail=TERMINAL, active=True, closes=[TERMINAL])],
        models=[pb.ServedModel(name=TERMINAL, state_detail=TERMINAL), pb.ServedModel()],
    )
    answer.model.name = answer.model.architecture = TERMINAL
    answer.model.adapters.append(TERMINAL)
    answer.model.parameters = answer.limits.memory_max_bytes = 2**64 - 1
    answer.limits.timeout_max.seconds = 1 << 62
    return answer


def lie(path: Path) -> Any:
    """The `answer` of a lie's file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.answer


@contextlib.contextmanager
def lying(answer: Any) -> Iterator[str]:
    """The address of a server that answers each call so."""
    over = threading.Event()
    server = grpc.server(
        futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", -1)]
    )
    rpc.add_ExecutionServiceServicer_to_server(_Liar(answer, over), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        over.set()
        server.stop(0)
