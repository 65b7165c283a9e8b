"""The gRPC service: validates requests, has them run, and turns what happens into messages."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, Literal, TypeAlias

import grpc
from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.config import Limits, ServerConfig
from cloche_server.front import events
from cloche_server.front import refusal as refusals
from cloche_server.front.admission import Unread
from cloche_server.front.arguments import Arguments
from cloche_server.front.audit import Record
from cloche_server.front.calls import Calls
from cloche_server.front.info import server_info
from cloche_server.front.models import Models
from cloche_server.front.options import Options, settle
from cloche_server.front.outbox import Item
from cloche_server.front.refusal import Refusal
from cloche_server.front.sources import Sources
from cloche_server.ipc import job

# A compile takes milliseconds; hostile source may try for longer.
_CHECK_TIMEOUT_S: Final = 10.0
# One message is built, encoded and sent whole: the front holds several copies of it.
_UNARY_RESULT_BYTES: Final = 256 << 20
_DIAGNOSTICS_BYTES: Final = 1 << 20
# An upload that has not begun holds a stream, and no place.
_FIRST_MESSAGE_S: Final = 30.0

_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class ExecutionService:
    """cloche.v1.ExecutionService; `methods.py` gives it to gRPC."""

    def __init__(self, config: ServerConfig, models: Models) -> None:
        self._config = config
        self._models = models
        self._sources = Sources()
        # Places and queues are each model's own: one that is busy keeps no other waiting.
        self._calls = {each.model.label: Calls(each.limits, each) for each in models.supervisors}
        limits = config.limits
        self._unary_limits = dataclasses.replace(
            limits,
            result_default_bytes=min(limits.result_default_bytes, _UNARY_RESULT_BYTES),
            result_max_bytes=min(limits.result_max_bytes, _UNARY_RESULT_BYTES),
        )
        # Whole answers that gRPC is sending: as many as there are places, at their largest.
        self._unary_unread = Unread(limits.concurrent_calls * self._unary_limits.result_max_bytes)

    @property
    def calls_running(self) -> int:
        """Calls that run or wait, of all models."""
        return sum(calls.running for calls in self._calls.values())

    def end_all_calls(self, why: Refusal) -> None:
        """Tells every caller so."""
        for calls in self._calls.values():
            calls.end_all(why)

    async def Execute(self, request: pb.ExecuteRequest, context: _Context) -> pb.ExecuteResponse:
        try:
            self._unary_unread.require_room()
        except Refusal as refusal:
            await refusals.abort(context, refusal)
        collector = events.Collector()
        arguments = Arguments.of(request.call)
        async with contextlib.aclosing(
            self._items(request.call, arguments, self._unary_limits, context)
        ) as items:
            async for item in items:
                collector.add(item)
        response = collector.response()
        size = response.ByteSize()
        self._unary_unread.add(size)
        # Typed as a class without a constructor, and called with the context.
        forget: Any = lambda _: self._unary_unread.remove(size)  # noqa: E731
        context.add_done_callback(forget)
        return response

    async def ExecuteStream(
        self,
        request: pb.ExecuteStreamRequest,
        context: _Context,
    ) -> AsyncGenerator[events.Event, None]:
        arguments = Arguments.of(request.call)
        async with contextlib.aclosing(self._events(request.call, arguments, context)) as found:
            async for event in found:
                yield event

    async def ExecuteUpload(
        self,
        requests: AsyncIterator[pb.ExecuteUploadRequest],
        context: _Context,
    ) -> AsyncGenerator[events.Event, None]:
        try:
            async with asyncio.timeout(_FIRST_MESSAGE_S):
                upload = (await anext(requests, pb.ExecuteUploadRequest())).upload
        except TimeoutError:
            text = f"an upload says what it is within {_FIRST_MESSAGE_S:g} s; nothing came"
            await refusals.abort(context, Refusal(Reason.TIMEOUT, text))
        if upload.call.args or upload.call.kwargs:
            text = "an upload's arguments follow its call; leave the call's args and kwargs empty"
            await refusals.abort(context, Refusal(Reason.REQUEST, text, field="args"))
        arguments = Arguments(upload.args_bytes, upload.kwargs_bytes, upload=requests)
        async with contextlib.aclosing(self._events(upload.call, arguments, context)) as found:
            async for event in found:
                yield event

    async def Check(self, request: pb.CheckRequest, context: _Context) -> pb.CheckResponse:
        options = Options(
            timeout_s=_CHECK_TIMEOUT_S,
            memory_bytes=self._config.limits.memory_default_bytes,
            result_max_bytes=1,
            output_max_bytes=1,
            seed=None,
        )
        technique = request.technique
        await self._resolve("check", technique, context)
        record = Record("check", technique.source)
        response = pb.CheckResponse()
        try:
            calls = self._calls[self._models.label(request.model)]
            _validate_technique(technique, self._config.limits)
            task = job.Check(source=technique.source, entry_point=technique.entry_point)
            async with contextlib.aclosing(calls.run(task, options, record)) as items:
                async for item in items:
                    if isinstance(item, job.Checked):
                        response.functions.extend(item.functions)
                        found = refusals.diagnostics_message(
                            item.diagnostics, item.more, most_bytes=_DIAGNOSTICS_BYTES
                        )
                        response.diagnostics.CopyFrom(found)
        except Refusal as refusal:
            record.close(refusal.reason)
            await refusals.abort(context, refusal)
        finally:
            record.close("cancelled")
        return response

    async def GetServerInfo(
        self,
        request: pb.GetServerInfoRequest,
        context: _Context,
    ) -> pb.GetServerInfoResponse:
        return server_info(self._models)

    async def _resolve(
        self, verb: Literal["call", "check"], technique: pb.Technique, context: _Context
    ) -> None:
        """The source for its digest; a refusal aborts the RPC."""
        try:
            self._sources.resolve(technique)
        except Refusal as refusal:
            Record(verb, "").close(refusal.reason)
            await refusals.abort(context, refusal)

    async def _events(
        self, call: pb.Call, arguments: Arguments, context: _Context
    ) -> AsyncGenerator[events.Event, None]:
        async with contextlib.aclosing(
            self._items(call, arguments, self._config.limits, context)
        ) as items:
            async for item in items:
                event = events.event(item)
                if event is not None:
                    yield event

    async def _items(
        self, call: pb.Call, arguments: Arguments, limits: Limits, context: _Context
    ) -> AsyncGenerator[Item, None]:
        """The whole of one call; a refusal aborts the RPC."""
        await self._resolve("call", call.technique, context)
        record = Record("call", call.technique.source)
        try:
            label = self._models.label(call.model)
            _validate_technique(call.technique, limits)
            arguments.require_within(limits)
            options = settle(call.options, self._of_model(limits, label), _remaining(context))
            task = job.Run(
                source=call.technique.source,
                entry_point=call.technique.entry_point,
                args_bytes=arguments.args_bytes,
                kwargs_bytes=arguments.kwargs_bytes,
                timeout_s=options.timeout_s,
                memory_bytes=options.memory_bytes,
                result_max_bytes=options.result_max_bytes,
                output_max_bytes=options.output_max_bytes,
                seed=options.seed,
            )
            running = self._calls[label].run(task, options, record, arguments)
            async with contextlib.aclosing(running) as items:
                async for item in items:
                    if isinstance(item, pb.Accepted):
                        self._sources.keep(task.source)
                    yield item
        except Refusal as refusal:
            record.close(refusal.reason)
            if refusal.reason is Reason.RESULT_LIMIT and limits is self._unary_limits:
                text = f"{refusal} (Execute: at most {_UNARY_RESULT_BYTES}; ExecuteStream: more)"
                refusal = Refusal(refusal.reason, text)
            await refusals.abort(context, refusal)

    def _of_model(self, limits: Limits, label: str) -> Limits:
        """The RPC's limits, with the memory that the model's calls may use."""
        own = self._models.supervisor(label).limits
        return dataclasses.replace(
            limits,
            memory_default_bytes=own.memory_default_bytes,
            memory_max_bytes=own.memory_max_bytes,
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
