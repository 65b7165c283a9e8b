"""One call's stream, read as the contract orders it. The server may be hostile, or broken.

A stream that breaks the order or its own numbers is an error, never a shorter value.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from cloche import wire
from cloche.client import events, failures
from cloche.client.events import Done
from cloche.client.messages import Incoming, Piece
from cloche.contract.errors import ServerError
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from cloche.client.events import Event
    from cloche.client.options import Options
    from cloche.source.technique import Technique

# As the contract says of Log.
_MOST_LOGS = 100
_LOG_CHARACTERS = 4096


# What a call may bring where its caller asked for nothing, whatever the server grants: more is for
# `with_options(result_limit=..., output_limit=...)`.
_RESULT_BYTES: Final = 1 << 30
_OUTPUT_BYTES: Final = 64 << 20
_PROGRESS_BYTES: Final = 16
_MOST_UNKNOWN: Final = 1000
# A call waits for an hour at most, and is told so every other second.
_MOST_QUEUED: Final = 2000


def read(
    messages: Iterable[Incoming], technique: Technique, asked: Options
) -> Generator[Event, None, None]:
    """Yields the call's events; Done, which holds the whole result, is the last one read.

    Args:
        messages: as they arrive.
        technique: whose lines a failure's traceback is told in.
        asked: what the caller asked for; a server may grant less, not more.

    Raises:
        TechniqueError: the technique raised.
        ServerError: the server breaks the contract.
        WireError: the result is not well-formed.
    """
    accepted: events.Accepted | None = None
    most_output = 0
    result: _Result | None = None
    characters = logs = unknown = queued = 0
    began = time.monotonic()
    for message in messages:
        if isinstance(message, Piece):
            if result is None:
                raise _broken("sent result chunk before it accepted the call")
            result.add(message)
            continue
        kind = message.WhichOneof("event")
        if kind is None:
            # A heartbeat, of which there is one in seconds, or an event that a newer server knows.
            unknown += 1
            if unknown > _MOST_UNKNOWN + (time.monotonic() - began):
                raise _broken(
                    f"sent more than {_MOST_UNKNOWN} events that this client does not know"
                )
            continue
        if kind == "queued":
            queued += 1
            if queued > _MOST_QUEUED:
                raise _broken(f"said more than {_MOST_QUEUED} times that the call waits")
            yield events.queued(message.queued)
            continue
        if kind == "accepted":
            if accepted is not None:
                raise _broken("accepted the call twice")
            accepted = events.accepted(message.accepted)
            result = _Result(
                _least(accepted.result_max_bytes, asked.result_max_bytes, _RESULT_BYTES)
            )
            most_output = _least(accepted.output_max_bytes, asked.output_max_bytes, _OUTPUT_BYTES)
            yield accepted
            continue
        if accepted is None or result is None:
            raise _broken(f"sent {kind.replace('_', ' ')} before it accepted the call")
        match kind:
            case "output":
                # A character takes a byte at least, and an empty event is one too.
                characters += max(1, len(message.output.text))
                _require_within(characters, most_output)
                yield events.output(message.output)
            case "log":
                logs += 1
                if logs > _MOST_LOGS or len(message.log.text) > _LOG_CHARACTERS:
                    raise _broken("sent more logs than a call may have")
                yield events.log(message.log)
            case "progress":
                # As servers count it.
                characters += _PROGRESS_BYTES + len(message.progress.note)
                _require_within(characters, most_output)
                yield events.progress(message.progress)
            case "result_chunk":
                result.add(message.result_chunk)
            case "done":
                if message.done.HasField("failure"):
                    raise failures.from_failure(message.done.failure, technique)
                value = result.value()
                yield Done(result=value, usage=events.usage(message.done.usage))
                return
    raise ServerError("the server ended the stream without saying that the call is done")


class _Result:
    """The pieces of a result, held to the size that the first of them announces."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._total: int | None = None
        self._data = wire.Incoming()

    def add(self, chunk: pb.ResultChunk | Piece) -> None:
        if self._total is None:
            self._total = chunk.total_bytes
            if self._total > self._most:
                raise _broken(
                    f"announced a result of {self._total} bytes where the call allows {self._most}"
                )
        if not chunk.data:
            raise _broken("sent an empty piece of result")
        if chunk.total_bytes != self._total:
            raise _broken(f"announced {self._total} bytes of result, then {chunk.total_bytes}")
        if len(self._data) + len(chunk.data) > self._total:
            raise _broken(f"sent more than the {self._total} bytes of result that it announced")
        self._data.add(chunk.data)

    def value(self) -> Any:
        """Raises WireError where the bytes hold none."""
        if self._total is None:
            raise _broken("said that the call is done, and sent no result")
        if len(self._data) != self._total:
            raise _broken(
                f"sent {len(self._data)} of the {self._total} bytes of result that it announced"
            )
        return self._data.value()


def _least(granted: int, asked: int | None, ceiling: int) -> int:
    """The smaller of two limits; a server that names none grants 0.

    Args:
        ceiling: holds where the caller asked for nothing, whatever the server grants.
    """
    most = ceiling if asked is None else asked
    return min(granted, most) if granted else most


def _require_within(characters: int, most: int) -> None:
    if characters > most:
        raise _broken(f"sent more output than the {most} bytes that the call allows")


def _broken(what: str) -> ServerError:
    return ServerError(f"the server broke the protocol: it {what}")
