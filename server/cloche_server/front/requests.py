"""Read what callers send from bytes: sizes first, then the little that protobuf has to parse.

Arguments stay where gRPC put them and are never copied; nothing here takes longer than the limits
allow, whatever a request claims.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from cloche.contract.config import INLINE_BYTES, UPLOAD_PIECE_BYTES, Limits
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from google.protobuf.message import DecodeError, Message

from cloche_server.front.fields import BYTES, Field, Malformed, single
from cloche_server.refusal import Refusal

_Parsed = TypeVar("_Parsed", bound=Message)
_Read = TypeVar("_Read")

# Everything of a call but its source and its arguments: names, options.
_REST_BYTES: Final = 1 << 16
# Beyond the limits, so that our own refusal with its details comes before gRPC's.
_SLACK_BYTES: Final = 1 << 20
# Shorter requests are read on the spot.
_APART_FROM_BYTES: Final = 1 << 15

_CALL: Final = pb.ExecuteRequest.DESCRIPTOR.fields_by_name["call"].number
_TECHNIQUE: Final = pb.Call.DESCRIPTOR.fields_by_name["technique"].number
_ARGS: Final = pb.Call.DESCRIPTOR.fields_by_name["args"].number
_KWARGS: Final = pb.Call.DESCRIPTOR.fields_by_name["kwargs"].number
_SOURCE: Final = pb.Technique.DESCRIPTOR.fields_by_name["source"].number
_UPLOAD: Final = pb.ExecuteUploadRequest.DESCRIPTOR.fields_by_name["upload"].number
_DATA: Final = pb.ExecuteUploadRequest.DESCRIPTOR.fields_by_name["data"].number
_UPLOAD_CALL: Final = pb.Upload.DESCRIPTOR.fields_by_name["call"].number
_CHECKED: Final = pb.CheckRequest.DESCRIPTOR.fields_by_name["technique"].number

_EMPTY: Final = memoryview(b"")


@dataclass(frozen=True)
class Source:
    """A technique's source as it will run, with what is worked out from it once."""

    text: str
    size: int
    digest: bytes

    @classmethod
    def of(cls, text: str) -> Source:
        data = text.encode()
        return cls(text, len(data), hashlib.sha256(data).digest())


@dataclass(frozen=True)
class CallRequest:
    """`call` has neither source nor arguments: those stand beside it."""

    call: pb.Call
    source: Source
    args: memoryview
    kwargs: memoryview
    # Of an upload: what was announced.
    args_bytes: int
    kwargs_bytes: int


@dataclass(frozen=True)
class CheckRequest:
    """As CallRequest."""

    request: pb.CheckRequest
    source: Source


class Requests:
    """Reads requests, large ones in a thread of its own: the loop goes on meanwhile."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="requests")

    async def call(self, raw: bytes) -> CallRequest:
        """ExecuteRequest, or ExecuteStreamRequest, which is written alike. Raises Refusal."""
        return await self._apart(_call_request, raw)

    async def upload(self, raw: bytes) -> CallRequest:
        """The first message of an upload. Raises Refusal."""
        return await self._apart(_upload_request, raw)

    async def check(self, raw: bytes) -> CheckRequest:
        """Raises Refusal."""
        return await self._apart(_check_request, raw)

    async def _apart(self, read: Callable[[bytes, Limits], _Read], raw: bytes) -> _Read:
        if len(raw) < _APART_FROM_BYTES:
            return _told(read, raw, self._limits)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, _told, read, raw, self._limits)


def small(kind: type[_Parsed], raw: bytes) -> _Parsed:
    """A request without source and arguments. Raises Refusal."""
    if len(raw) > _REST_BYTES:
        text = f"the request takes {len(raw)} bytes; at most {_REST_BYTES}"
        raise Refusal(Reason.REQUEST_TOO_LARGE, text)
    try:
        single(memoryview(raw))
        return _parsed(kind, raw)
    except (Malformed, DecodeError) as error:
        raise _malformed(error) from None


def request_max_bytes(limits: Limits) -> int:
    """The largest message that gRPC is to take."""
    return max(limits.source_max_bytes + INLINE_BYTES, UPLOAD_PIECE_BYTES) + _SLACK_BYTES


def upload_piece(raw: bytes) -> memoryview:
    """The data of a later message of an upload, as it lies there. Raises Refusal."""
    try:
        found = single(memoryview(raw))
    except Malformed as error:
        raise _malformed(error) from None
    data = found.get(_DATA)
    if data is None or data.kind != BYTES or _UPLOAD in found:
        raise Refusal(
            Reason.REQUEST, "after its first message an upload holds data and nothing else",
            field="args",
        )  # fmt: skip
    if not 0 < data.size <= UPLOAD_PIECE_BYTES:
        text = f"a piece of {data.size} bytes; send from 1 to {UPLOAD_PIECE_BYTES}"
        raise Refusal(Reason.REQUEST, text, field="args")
    return memoryview(raw)[data.begin : data.end]


def _told(read: Callable[[bytes, Limits], _Read], raw: bytes, limits: Limits) -> _Read:
    try:
        return read(raw, limits)
    except (Malformed, DecodeError, UnicodeDecodeError) as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> Refusal:
    why = str(error) if isinstance(error, Malformed) else "protobuf cannot parse it"
    return Refusal(Reason.REQUEST, f"the request is not a message of cloche.v1: {why}")


def _call_request(raw: bytes, limits: Limits) -> CallRequest:
    return _call(_inside(memoryview(raw), _CALL), limits)


def _upload_request(raw: bytes, limits: Limits) -> CallRequest:
    message = _inside(memoryview(raw), _UPLOAD)
    inside = _without(message, _UPLOAD_CALL)
    upload = _parsed(pb.Upload, inside)
    request = _call(_inside(message, _UPLOAD_CALL), limits)
    if request.args or request.kwargs:
        text = "an upload's arguments follow its call; leave the call's args and kwargs empty"
        raise Refusal(Reason.REQUEST, text, field="args")
    return CallRequest(
        request.call, request.source, _EMPTY, _EMPTY, upload.args_bytes, upload.kwargs_bytes
    )


def _check_request(raw: bytes, limits: Limits) -> CheckRequest:
    message = memoryview(raw)
    source, technique = _technique(_inside(message, _CHECKED), limits)
    request = _parsed(pb.CheckRequest, _without(message, _CHECKED))
    request.technique.CopyFrom(technique)
    return CheckRequest(request, source)


def _call(message: memoryview, limits: Limits) -> CallRequest:
    found = single(message)
    args, kwargs = (_bytes_of(message, found.get(number)) for number in (_ARGS, _KWARGS))
    source, technique = _technique(_inside(message, _TECHNIQUE), limits)
    call = _parsed(pb.Call, _without(message, _TECHNIQUE, _ARGS, _KWARGS))
    call.technique.CopyFrom(technique)
    return CallRequest(call, source, args, kwargs, len(args), len(kwargs))


def _technique(message: memoryview, limits: Limits) -> tuple[Source, pb.Technique]:
    data = _bytes_of(message, single(message).get(_SOURCE))
    if len(data) > limits.source_max_bytes:
        raise Refusal(
            Reason.REQUEST_TOO_LARGE,
            f"the source takes {len(data)} bytes, the server allows {limits.source_max_bytes}; "
            "pass data as arguments",
            field="source",
        )
    technique = _parsed(pb.Technique, _without(message, _SOURCE))
    return Source(str(data, "utf-8"), len(data), hashlib.sha256(data).digest()), technique


def _inside(message: memoryview, number: int) -> memoryview:
    """The message that the field holds; empty where it is left out, as protobuf has it."""
    return _bytes_of(message, single(message).get(number))


def _bytes_of(message: memoryview, field: Field | None) -> memoryview:
    if field is None:
        return _EMPTY
    if field.kind != BYTES:
        raise Malformed("a field of another kind than the contract's")
    return message[field.begin : field.end]


def _without(message: memoryview, *numbers: int) -> bytes:
    """The other fields, as they are written. Raises Refusal where they are too large."""
    rest = [message[x.start : x.end] for x in single(message).values() if x.number not in numbers]
    size = sum(map(len, rest))
    if size > _REST_BYTES:
        text = f"beside source and arguments the request takes {size} bytes; at most {_REST_BYTES}"
        raise Refusal(Reason.REQUEST_TOO_LARGE, text)
    return b"".join(rest)


def _parsed(kind: type[_Parsed], data: bytes) -> _Parsed:
    message = kind()
    message.ParseFromString(data)
    return message
