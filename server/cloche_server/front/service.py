"""The gRPC service: validates requests, admits calls, and turns what happens into messages."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any, TypeAlias

import grpc
from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc

from cloche_server.config import Limits, ServerConfig
from cloche_server.front import refusal as refusals
from cloche_server.front.admission import Admission
from cloche_server.front.call import Call
from cloche_server.front.info import server_info
from cloche_server.front.options import Options, settle
from cloche_server.front.pool import SandboxNotReady
from cloche_server.front.refusal import Refusal
from cloche_server.front.supervisor import Supervisor
from cloche_server.front.zygote import ZygoteDied
from cloche_server.ipc import job

_log = logging.getLogger(__name__)
_audit = logging.getLogger("cloche.audit")

# A compile takes milliseconds; hostile source may try for longer.
_CHECK_TIMEOUT_S = 10.0
_STREAMS = {"stdout": pb.STREAM_STDOUT, "stderr": pb.STREAM_STDERR}

_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class ExecutionService(execution_pb2_grpc.ExecutionServiceServicer):
    """cloche.v1.ExecutionService."""

    def __init__(self, config: ServerConfig, supervisor: Supervisor) -> None:
        self._config = config
        self._supervisor = supervisor
        self._admission = Admission(
            concurrent=config.limits.concurrent_calls, queued=config.limits.queued_calls
        )

    async def Execute(self, request: pb.ExecuteRequest, context: _Context) -> pb.ExecuteResponse:
        response = pb.ExecuteResponse()
        chunks: list[bytes] = []
        async with contextlib.aclosing(self._events(request.call, context)) as events:
            async for event in events:
                match event.WhichOneof("event"):
                    case "output":
                        response.outputs.append(event.output)
                    case "result_chunk":
                        chunks.append(event.result_chunk.data)
                    case "done":
                        response.usage.CopyFrom(event.done.usage)
                        if event.done.HasField("failure"):
                            response.failure.CopyFrom(event.done.failure)
                        else:
                            response.result = b"".join(chunks)
        return response

    async def ExecuteStream(
        self,
        request: pb.ExecuteStreamRequest,
        context: _Context,
    ) -> AsyncGenerator[pb.ExecuteStreamResponse, None]:
        async with contextlib.aclosing(self._events(request.call, context)) as events:
            async for event in events:
                yield event

    async def Check(self, request: pb.CheckRequest, context: _Context) -> pb.CheckResponse:
        options = Options(
            timeout_s=_CHECK_TIMEOUT_S,
            memory_bytes=self._config.limits.memory_default_bytes,
            result_max_bytes=1,
            output_max_bytes=1,
            seed=None,
        )
        response = pb.CheckResponse()
        try:
            _validate_technique(request.technique, self._config.limits)
            task = job.Check(
                source=request.technique.source, entry_point=request.technique.entry_point
            )
            async with contextlib.aclosing(self._run(task, options, _new_id())) as messages:
                async for message in messages:
                    if isinstance(message, job.Checked):
                        response.functions.extend(message.functions)
                        found = refusals.diagnostics_message(message.diagnostics)
                        response.diagnostics.CopyFrom(found)
        except Refusal as refusal:
            await refusals.abort(context, refusal)
        return response

    async def GetServerInfo(
        self,
        request: pb.GetServerInfoRequest,
        context: _Context,
    ) -> pb.GetServerInfoResponse:
        return server_info(self._config, self._supervisor)

    async def _events(
        self,
        call: pb.Call,
        context: _Context,
    ) -> AsyncGenerator[pb.ExecuteStreamResponse, None]:
        """The whole of one call as events; a refusal aborts the RPC."""
        call_id = _new_id()
        digest = hashlib.sha256(call.technique.source.encode()).hexdigest()[:16]
        started = time.monotonic()
        outcome = "cancelled"
        try:
            _validate(call, self._config.limits)
            options = settle(call.options, self._config.limits, _remaining(context))
            task = job.Run(
                source=call.technique.source,
                entry_point=call.technique.entry_point,
                args=call.args,
                kwargs=call.kwargs,
                timeout_s=options.timeout_s,
                memory_bytes=options.memory_bytes,
                result_max_bytes=options.result_max_bytes,
                output_max_bytes=options.output_max_bytes,
                seed=options.seed,
            )
            async with contextlib.aclosing(self._run(task, options, call_id)) as messages:
                async for message in messages:
                    event = _event(message)
                    if event is not None:
                        outcome = _name(event, outcome)
                        yield event
        except Refusal as refusal:
            outcome = refusal.reason
            await refusals.abort(context, refusal)
        finally:
            seconds = time.monotonic() - started
            _audit.info("call %s source %s %s in %.3f s", call_id, digest, outcome, seconds)

    async def _run(
        self, task: job.ToSandbox, options: Options, call_id: str
    ) -> AsyncGenerator[job.FromSandbox | pb.Done | pb.Accepted, None]:
        """Admits, runs, and closes with a Done that says what it took."""
        async with self._admission.place():
            serving = self._supervisor.serving()
            try:
                ready = await serving.pool.take()
            except ZygoteDied as error:
                raise Refusal(Reason.NOT_READY, str(error), retry_after_s=1.0) from None
            except SandboxNotReady as error:
                raise Refusal(Reason.SANDBOX_DIED, str(error)) from None
            call = Call(serving.zygote, ready, options)
            try:
                yield pb.Accepted(call_id=call_id, options=options.as_message())
                async with contextlib.aclosing(call.run(task)) as messages:
                    async for message in messages:
                        last = message
                        yield message
                yield _done(last, call)
            finally:
                call.end()
                serving.pool.refill()


def _event(
    message: job.FromSandbox | pb.Done | pb.Accepted,
) -> pb.ExecuteStreamResponse | None:
    match message:
        case pb.Accepted():
            return pb.ExecuteStreamResponse(accepted=message)
        case pb.Done():
            return pb.ExecuteStreamResponse(done=message)
        case job.Printed(stream, text):
            return pb.ExecuteStreamResponse(output=pb.Output(stream=_STREAMS[stream], text=text))
        case job.Progressed(done, total, note):
            return pb.ExecuteStreamResponse(progress=pb.Progress(done=done, total=total, note=note))
        case job.Chunk(data, total_bytes):
            return pb.ExecuteStreamResponse(
                result_chunk=pb.ResultChunk(data=data, total_bytes=total_bytes)
            )
    return None


def _name(event: pb.ExecuteStreamResponse, before: str) -> str:
    if event.WhichOneof("event") != "done":
        return before
    return f"raised {event.done.failure.type}" if event.done.HasField("failure") else "returned"


def _done(last: job.FromSandbox, call: Call) -> pb.Done:
    done = pb.Done()
    cpu_s = getattr(last, "cpu_s", 0.0)
    if not (math.isfinite(cpu_s) and 0 <= cpu_s < 1e9):
        cpu_s = 0.0  # a sandbox may claim any number
    done.usage.cpu.FromMicroseconds(int(cpu_s * 1e6))
    done.usage.wall_clock.FromMicroseconds(int(call.wall_clock_s * 1e6))
    done.usage.memory_peak_bytes = call.memory_peak_bytes
    if isinstance(last, job.Raised):
        done.failure.CopyFrom(
            pb.TechniqueFailure(
                type=last.exception,
                message=last.message,
                traceback=last.traceback,
                frames=[
                    pb.TracebackFrame(
                        function=frame.function,
                        line=min(max(frame.line, 0), 0xFFFF_FFFF),
                        column=min(max(frame.column, 0), 0xFFFF_FFFF),
                        text=frame.text,
                    )
                    for frame in last.frames
                ],
            )
        )
    return done


def _validate(call: pb.Call, limits: Limits) -> None:
    _validate_technique(call.technique, limits)
    for field in ("args", "kwargs"):
        size = len(getattr(call, field))
        if size > limits.arguments_max_bytes:
            raise Refusal(
                Reason.REQUEST_TOO_LARGE,
                f"{field} takes {size} bytes, the server allows {limits.arguments_max_bytes}",
                field=field,
            )


def _validate_technique(technique: pb.Technique, limits: Limits) -> None:
    size = len(technique.source.encode())
    if size > limits.source_max_bytes:
        raise Refusal(
            Reason.REQUEST_TOO_LARGE,
            f"the source takes {size} bytes, the server allows {limits.source_max_bytes}; "
            "pass data as arguments",
            field="source",
        )
    if not technique.source.strip():
        raise Refusal(
            Reason.REQUEST, "the source is empty; send def name(model, tokenizer, ...): ...",
            field="source",
        )  # fmt: skip
    if technique.entry_point and not technique.entry_point.isidentifier():
        raise Refusal(
            Reason.REQUEST,
            f"the entry point {technique.entry_point[:200]!r} is not a function's name",
            field="entry_point",
        )


def _remaining(context: _Context) -> float | None:
    remaining: float | None = context.time_remaining()
    return remaining


def _new_id() -> str:
    return uuid.uuid4().hex[:12]
