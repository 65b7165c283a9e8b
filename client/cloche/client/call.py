"""One call: what is sent, and its events, with the tries again that are safe."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc

from cloche import wire
from cloche.client import failures
from cloche.client.events import Accepted, Log
from cloche.client.info import size
from cloche.client.messages import INLINE_MAX_BYTES, Buffer, Request, Upload
from cloche.client.reader import read
from cloche.contract.errors import ServerBusyError, ServerUnavailableError, SourceError
from cloche.contract.status import STATUS, Reason
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from cloche.client.cancellation import Cancellation
    from cloche.client.connection import Connection
    from cloche.client.events import Event
    from cloche.client.options import Options
    from cloche.source.technique import Technique

# A full queue drains call by call; past this the caller should know.
_BUSY_PATIENCE_S = 30.0
# How long a call may run where its caller asked for nothing, whatever the server grants.
_TIMEOUT_S = 3600.0


def to_request(
    technique: Technique,
    args: tuple[Any, ...],
    kwargs: Kwargs,
    options: Options,
    *,
    borrow: bool = False,
) -> Request:
    """The call as it will be sent.

    Args:
        borrow: large arrays are sent from where they lie: nobody changes them during the call.

    Raises:
        SourceError: the technique cannot be sent.
        WireError: an argument cannot.
    """
    bound = [dict(technique._bound)] if technique._bound else []
    parts = wire.encode_parts([*bound, *args], root="args") if bound or args else ()
    call = pb.Call(
        technique=to_message(technique),
        options=options.to_proto(),
        model=options.model,
        session=options.session,
    )
    size = sum(map(len, parts)) + sum(map(len, kwargs.parts))
    if size > INLINE_MAX_BYTES:
        return Upload(call, parts if borrow else (wire.joined(parts),), kwargs.parts)
    call.args, call.kwargs = wire.joined(parts), wire.joined(kwargs.parts)
    return pb.ExecuteStreamRequest(call=call)


@dataclass(frozen=True)
class Kwargs:
    """Keyword arguments, encoded once for however many calls they are for."""

    parts: tuple[Buffer, ...] = ()

    @classmethod
    def of(cls, kwargs: Mapping[str, Any], *, borrow: bool = False) -> Kwargs:
        """Args: borrow: as for `to_request`. Raises WireError where one cannot be sent."""
        if not kwargs:
            return cls()
        parts = wire.encode_parts(dict(kwargs), root="kwargs")
        return cls(parts if borrow else (wire.joined(parts),))


def events_of(
    request: Request,
    technique: Technique,
    options: Options,
    connection: Connection,
    cancellation: Cancellation,
) -> Generator[Event, None, None]:
    """Starts the call with the first event asked for; raises what `InterpClient.run` raises."""
    give_up = time.monotonic() + _BUSY_PATIENCE_S
    not_ready_by = time.monotonic() + connection.ready_timeout_s
    attempt = 0
    while True:
        connection.ensure_ready()
        by_digest = connection.sources.name(request.call.technique, technique.source)
        call = connection.execute(request)
        started = False
        try:
            with cancellation.running(call), connection.watched(call, request) as watched:
                for event in read(watched.messages(), technique, options):
                    if isinstance(event, Accepted):
                        connection.sources.learn(technique.source)
                        most_s = _TIMEOUT_S if options.timeout_s is None else options.timeout_s
                        watched.accepted(min(event.timeout_s or most_s, most_s))
                        started = True
                        yield event
                        yield from _cut_limits(options, event, connection)
                    else:
                        yield event
        except grpc.RpcError as error:
            if watched.verdict:
                connection.not_ready()
                raise ServerUnavailableError(watched.verdict) from None
            failure = connection.failure(error, technique, accepted=started)
            reason = failures.reason_of(error)
            if connection.turned_away(error):
                reason = Reason.NOT_READY
            if reason is Reason.SOURCE_UNKNOWN and by_digest and not started:
                connection.sources.forget(technique.source)
                continue
            # Only what the server says it has not begun may be sent again.
            if started or reason is None or not STATUS[reason].retry:
                raise failure from None
            now = time.monotonic()
            if now > (not_ready_by if reason is Reason.NOT_READY else give_up):
                raise failure from None
            attempt += 1
            cancellation.sleep(_pause(failure, attempt))
            if reason is Reason.NOT_READY:
                connection.not_ready()
        else:
            return


def _cut_limits(asked: Options, granted: Accepted, connection: Connection) -> Iterator[Log]:
    """What the caller asked for and the server does not give, each said once."""
    for name, wish, limit, shown in (
        ("a timeout", asked.timeout_s, granted.timeout_s, lambda value: f"{value:g} s"),
        ("memory", asked.memory_bytes, granted.memory_bytes, size),
        ("a result", asked.result_max_bytes, granted.result_max_bytes, size),
        ("output", asked.output_max_bytes, granted.output_max_bytes, size),
    ):
        # A server that names no limit grants 0; durations travel as whole microseconds.
        if wish is not None and limit and wish > limit * 1.000_001:
            text = (
                f"the server at {connection.address} allows {name} of at most {shown(limit)}; "
                f"{shown(wish)} was asked for, and cut"
            )
            if connection.once(text):
                yield Log(level="warning", text=text)


def to_message(technique: Technique) -> pb.Technique:
    """Raises SourceError where the source is no UTF-8."""
    try:
        technique.source.encode()
    except UnicodeEncodeError as error:
        line = technique.source.count("\n", 0, error.start) + 1
        raise SourceError(
            f"the source cannot be sent as UTF-8: line {line} holds half a character "
            f"({technique.source[error.start]!a}); write it as an escape"
        ) from None
    return pb.Technique(source=technique.source, entry_point=technique.entry_point)


def _pause(failure: Exception, attempt: int) -> float:
    """Seconds before the next try: the server's advice, doubled each time, spread by chance."""
    advice = failure.retry_after_s if isinstance(failure, ServerBusyError) else 0.1
    spread = random.uniform(0.75, 1.25)  # noqa: S311  # no secret
    return float(min(5.0, advice * 2 ** min(attempt - 1, 4)) * spread)
