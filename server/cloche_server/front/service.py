"""cloche.v1.ExecutionService: validates requests, has them run, and answers with what happens."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final, Literal, TypeVar

from cloche.contract.config import Limits, ServerConfig
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from google.protobuf.message import Message

from cloche_server import machine
from cloche_server.front import events, requests, withheld
from cloche_server.front import refusal as refusals
from cloche_server.front.arguments import Arguments
from cloche_server.front.audit import Record
from cloche_server.front.budget import Held, MemoryBudget
from cloche_server.front.calls import Calls
from cloche_server.front.heartbeat import Heartbeat
from cloche_server.front.info import server_info
from cloche_server.front.memory_share import MemoryShares
from cloche_server.front.methods import Handler
from cloche_server.front.models import Models
from cloche_server.front.options import Options, settle
from cloche_server.front.outbox import JOINED_BYTES, Item
from cloche_server.front.reading import Reading
from cloche_server.front.requests import CallRequest, Requests, Source
from cloche_server.front.rpc import Rpc
from cloche_server.front.session import Session
from cloche_server.front.sessions import Sessions
from cloche_server.front.sources import Sources
from cloche_server.front.watch import Watch
from cloche_server.identity.caller import Caller
from cloche_server.identity.quotas import Quotas
from cloche_server.ipc import job
from cloche_server.record.load import Load
from cloche_server.record.recorder import Recorder
from cloche_server.refusal import Refusal
from cloche_server.share import EQUAL, Share

_Small = TypeVar("_Small", bound=Message)

SERVICE: Final = pb.DESCRIPTOR.services_by_name["ExecutionService"]
# A compile takes milliseconds; hostile source may try for longer.
_CHECK_TIMEOUT_S: Final = 10.0
# One message is built and sent whole, on the loop: 20 ms for so much.
_UNARY_RESULT_BYTES: Final = 32 << 20
_UNARY_OUTPUT_BYTES: Final = 4 << 20
_DIAGNOSTICS_BYTES: Final = 1 << 20
# Prints that come so soon after each other travel together.
_FLOOD_S: Final = 0.003
# A source is held as text, and once more on its way.
_SOURCE_COPIES: Final = 2
# A whole answer: its pieces, the message made of them, and gRPC's copy.
_UNARY_COPIES: Final = 3


class ExecutionService:
    """`handlers` are what gRPC gets."""

    def __init__(
        self,
        config: ServerConfig,
        models: Models,
        watch: Watch,
        budget: MemoryBudget,
        reading: Reading,
        *,
        shares: Callable[[str], Share] = lambda caller: EQUAL,
        recorder: Recorder | None = None,
    ) -> None:
        """Args: shares: a caller's of each model's slots and queue."""
        self._recorder = Recorder() if recorder is None else recorder
        self._quotas = Quotas(self._recorder.spending)
        self._config = config
        self._models = models
        self._budget = budget
        self._reading = reading
        self._sources = Sources()
        self._requests = Requests(config.limits)
        # Slots and queues are each model's own: one that is busy keeps no other waiting.
        memory = MemoryShares(machine.for_calls(machine.memory_bytes()))
        self._sessions = Sessions(config.limits, models, watch, memory)
        self._calls = {
            each.model.label: Calls(each.limits, each, watch, memory, shares)
            for each in models.supervisors
        }
        limits = config.limits
        self._unary_limits = dataclasses.replace(
            limits,
            result_default_bytes=min(limits.result_default_bytes, _UNARY_RESULT_BYTES),
            result_max_bytes=min(limits.result_max_bytes, _UNARY_RESULT_BYTES),
            output_default_bytes=min(limits.output_default_bytes, _UNARY_OUTPUT_BYTES),
            output_max_bytes=min(limits.output_max_bytes, _UNARY_OUTPUT_BYTES),
        )
        # Made once: for each call it would take a tenth of a millisecond.
        self._limits_of = {
            (each.model.label, unary): _with_memory_of(each.limits, of_rpc)
            for each in models.supervisors
            for unary, of_rpc in ((False, limits), (True, self._unary_limits))
        }

    def loads(self) -> list[Load]:
        """What each model's calls take now."""
        return [
            self._calls[each.model.label].load(each.sandboxes_ready)
            for each in self._models.supervisors
        ]

    @property
    def calls_running(self) -> int:
        """Calls that run or wait, of all models."""
        return sum(calls.running for calls in self._calls.values())

    def end_all_calls(self, why: Refusal) -> None:
        """Tells every caller so."""
        for calls in self._calls.values():
            calls.end_all(why)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By the methods' full names; KeyError where the contract has one that is missing here."""
        own: Mapping[str, Handler] = {
            "Execute": self._execute,
            "ExecuteStream": self._execute_stream,
            "ExecuteUpload": self._execute_upload,
            "Check": self._check,
            "GetServerInfo": self._get_server_info,
            "OpenSession": self._open_session,
            "ForkSession": self._fork_session,
            "RollbackSession": self._roll_back_session,
            "CloseSession": self._close_session,
        }
        return {f"/{SERVICE.full_name}/{each.name}": own[each.name] for each in SERVICE.methods}

    async def _execute(self, rpc: Rpc) -> None:
        await self._admit(rpc)
        owner = rpc.who.tenant
        with self._budget.held(owner=owner) as held, self._budget.held(owner=owner) as answer:
            request = await self._requests.call(await self._read(rpc, held))
            collector = events.Collector()
            items = self._items(request, _inline(request), self._unary_limits, rpc, held)
            async with contextlib.aclosing(items):
                async for item in items:
                    if isinstance(item, job.Chunk):
                        answer.at_least(_UNARY_COPIES * item.total_bytes)
                    collector.add(item)
            response = collector.response()
            answer.resize(_UNARY_COPIES * len(response))
            await rpc.write(response)

    async def _execute_stream(self, rpc: Rpc) -> None:
        await self._admit(rpc)
        with self._budget.held(owner=rpc.who.tenant) as held:
            request = await self._requests.call(await self._read(rpc, held))
            await self._stream(request, _inline(request), rpc, held)

    async def _execute_upload(self, rpc: Rpc) -> None:
        await self._admit(rpc)
        with self._budget.held(owner=rpc.who.tenant) as held:
            request = await self._requests.upload(await self._read(rpc, held))
            arguments = Arguments(request.args_bytes, request.kwargs_bytes, upload=rpc.read)
            await self._stream(request, arguments, rpc, held)

    async def _stream(
        self, request: CallRequest, arguments: Arguments, rpc: Rpc, held: Held
    ) -> None:
        written = events.Events()
        items = self._items(request, arguments, self._config.limits, rpc, held)
        now = asyncio.get_running_loop().time
        printed_at = 0.0
        heartbeat = Heartbeat(rpc, self._config.heartbeat_s)
        async with heartbeat, contextlib.aclosing(items):
            async for item in items:
                for message in written.of(item):
                    await heartbeat.write(message)
                if isinstance(item, job.Printed):
                    # In a flood, each print alone would be an event, and a turn of the loop.
                    short = 2 * len(item.text) < JOINED_BYTES
                    if short and now() - printed_at < _FLOOD_S:
                        await asyncio.sleep(_FLOOD_S)
                    printed_at = now()

    async def _check(self, rpc: Rpc) -> None:
        await self._admit(rpc)
        with self._budget.held(owner=rpc.who.tenant) as held:
            found = await self._requests.check(await self._read(rpc, held))
            source = self._resolved("check", found.source, found.request.technique.sha256, rpc)
            held.request(_SOURCE_COPIES * source.size)
            technique = found.request.technique
            record = Record(
                "check",
                source.digest,
                caller=rpc.peer,
                who=rpc.who,
                recorder=self._recorder,
                trace_headers=rpc.trace_headers,
                model=found.request.model,
                entry_point=technique.entry_point,
            )
            response = pb.CheckResponse()
            try:
                label = self._models.label(found.request.model, rpc.who)
                own = rpc.who.terms.within(self._of_model(self._config.limits, label))
                options = Options(
                    timeout_s=_CHECK_TIMEOUT_S,
                    memory_bytes=own.memory_default_bytes,
                    result_max_bytes=1,
                    output_max_bytes=1,
                    seed=None,
                )
                entry_point = technique.entry_point
                _validate(source, entry_point)
                _require_allowed(source, rpc.who)
                modules = rpc.who.policy.modules
                task = job.Check(source=source.text, entry_point=entry_point, modules=modules)
                running = self._calls[label].run(task, options, record, held, rpc.caller)
                async with contextlib.aclosing(running) as items:
                    async for item in items:
                        if isinstance(item, job.Checked):
                            response.functions.extend(item.functions)
                            diagnostics = refusals.diagnostics_message(
                                item.diagnostics, item.more, most_bytes=_DIAGNOSTICS_BYTES
                            )
                            response.diagnostics.CopyFrom(diagnostics)
            except Refusal as refusal:
                record.refused(refusal)
                raise
            finally:
                record.close("cancelled")
            await rpc.write(response.SerializeToString())

    async def _get_server_info(self, rpc: Rpc) -> None:
        # The request says nothing, so it is not even read.
        await rpc.write(server_info(self._models, rpc.who).SerializeToString())

    async def _open_session(self, rpc: Rpc) -> None:
        await self._quotas.admit(rpc.who)
        request = await self._small(pb.OpenSessionRequest, rpc)
        opened = await self._sessions.open(request, rpc.who, rpc.caller)
        await rpc.write(pb.OpenSessionResponse(session=opened).SerializeToString())

    async def _fork_session(self, rpc: Rpc) -> None:
        await self._quotas.admit(rpc.who)
        request = await self._small(pb.ForkSessionRequest, rpc)
        forked = await self._sessions.fork(request.handle, rpc.who, rpc.caller)
        await rpc.write(pb.ForkSessionResponse(session=forked).SerializeToString())

    async def _roll_back_session(self, rpc: Rpc) -> None:
        request = await self._small(pb.RollbackSessionRequest, rpc)
        rolled_back = await self._sessions.roll_back(request, rpc.who)
        await rpc.write(pb.RollbackSessionResponse(session=rolled_back).SerializeToString())

    async def _close_session(self, rpc: Rpc) -> None:
        request = await self._small(pb.CloseSessionRequest, rpc)
        await self._sessions.close(request.handle, rpc.who)
        await rpc.write(pb.CloseSessionResponse().SerializeToString())

    async def _small(self, kind: type[_Small], rpc: Rpc) -> _Small:
        with self._budget.held(owner=rpc.who.tenant) as held:
            return requests.small(kind, await self._read(rpc, held))

    async def _admit(self, rpc: Rpc) -> None:
        """Before a request is read: it counts, and is BUSY where no model would take it."""
        await self._quotas.admit(rpc.who)
        calls = list(self._calls.values())
        if len(calls) == 1:
            calls[0].require_room(rpc.caller)

    async def _read(self, rpc: Rpc, held: Held) -> bytes:
        raw = await self._reading.request(rpc)
        held.request(len(raw))
        return raw

    def _resolved(
        self, verb: Literal["call", "check"], source: Source, sha256: bytes, rpc: Rpc
    ) -> Source:
        """The source, for its digest where that was sent. Raises Refusal."""
        try:
            return self._sources.resolve(source, sha256, rpc.who.tenant)
        except Refusal as refusal:
            Record(
                verb, source.digest, caller=rpc.peer, who=rpc.who, recorder=self._recorder
            ).refused(refusal)
            raise

    async def _items(
        self, request: CallRequest, arguments: Arguments, limits: Limits, rpc: Rpc, held: Held
    ) -> AsyncGenerator[Item, None]:
        """The whole of one call. Raises Refusal."""
        call = request.call
        source = self._resolved("call", request.source, call.technique.sha256, rpc)
        held.request(_SOURCE_COPIES * source.size + (0 if arguments.uploaded else arguments.size))
        record = Record(
            "call",
            source.digest,
            caller=rpc.peer,
            who=rpc.who,
            recorder=self._recorder,
            trace_headers=rpc.trace_headers,
            model=call.model,
            entry_point=call.technique.entry_point,
            arguments_bytes=arguments.size,
        )
        try:
            session = self._sessions.find(call.session, rpc.who) if call.session else None
            label = self._label(call.model, session, rpc.who)
            _validate(source, call.technique.entry_point)
            _require_allowed(source, rpc.who)
            arguments.require_within(limits)
            own = rpc.who.terms.within(self._of_model(limits, label))
            options = dataclasses.replace(
                settle(call.options, own, self._time_left_s(rpc)),
                source_lines=rpc.who.policy.source_lines,
            )
            if session is not None:
                options = dataclasses.replace(options, memory_bytes=session.memory_bytes)
            task = job.Run(
                source=source.text,
                entry_point=call.technique.entry_point,
                args_bytes=arguments.args_bytes,
                kwargs_bytes=arguments.kwargs_bytes,
                timeout_s=options.timeout_s,
                memory_bytes=options.memory_bytes,
                result_max_bytes=options.result_max_bytes,
                output_max_bytes=options.output_max_bytes,
                seed=options.seed,
                modules=rpc.who.policy.modules,
                deterministic=options.deterministic,
                digest_only=options.digest_only,
            )
            running = self._calls[label].run(
                task, options, record, held, rpc.caller, arguments, session
            )
            async with contextlib.aclosing(running) as items:
                async for item in items:
                    if isinstance(item, pb.Accepted):
                        self._sources.keep(source, rpc.who.tenant)
                    told = withheld.shown(item, rpc.who.policy)
                    if told is not None:
                        yield told
        except Refusal as refusal:
            record.refused(refusal)
            if refusal.reason is Reason.RESULT_LIMIT and limits is self._unary_limits:
                text = f"{refusal} (Execute: at most {_UNARY_RESULT_BYTES}; ExecuteStream: more)"
                raise Refusal(refusal.reason, text) from None
            raise

    def _time_left_s(self, rpc: Rpc) -> float | None:
        """Until its deadline, or until its seconds are used; None: neither bounds it."""
        both = (rpc.remaining_s, self._quotas.seconds_left(rpc.who))
        return min((each for each in both if each is not None), default=None)

    def _label(self, name: str, session: Session | None, who: Caller) -> str:
        """The label of the model that a call is for. Raises Refusal."""
        if session is None:
            return self._models.label(name, who)
        if name and self._models.label(name, who) != session.model:
            text = f"the session is one of {session.model}; leave the model out, or open another"
            raise Refusal(Reason.REQUEST, text, field="model")
        return session.model

    def _of_model(self, limits: Limits, label: str) -> Limits:
        """The RPC's limits, with the memory that the model's calls may use."""
        return self._limits_of[label, limits is self._unary_limits]


def _with_memory_of(own: Limits, limits: Limits) -> Limits:
    return dataclasses.replace(
        limits,
        memory_default_bytes=own.memory_default_bytes,
        memory_max_bytes=own.memory_max_bytes,
    )


def _inline(request: CallRequest) -> Arguments:
    here = tuple(data for data in (request.args, request.kwargs) if data)
    return Arguments(request.args_bytes, request.kwargs_bytes, here=here)


def _require_allowed(source: Source, who: Caller) -> None:
    """Raises Refusal for a technique that the token's policy does not list."""
    if not who.policy.admits(source.digest):
        raise Refusal(
            Reason.FORBIDDEN,
            f"the token's policy does not list this technique, whose SHA-256 is "
            f"{source.digest.hex()}; ask the server's operator",
            field="source",
        )


def _validate(source: Source, entry_point: str) -> None:
    if not source.text.strip():
        raise Refusal(
            Reason.REQUEST, "the source is empty; send def name(model, tokenizer, ...): ...",
            field="source",
        )  # fmt: skip
    if entry_point and not entry_point.isidentifier():
        raise Refusal(
            Reason.REQUEST,
            f"the entry point {entry_point[:200]!r} is not a function's name",
            field="entry_point",
        )
