"""Requests from bytes: what protobuf would read is read, and what is too large is not parsed."""

from __future__ import annotations

import asyncio
import hashlib
import time

import pytest
from cloche.contract.config import INLINE_BYTES, Limits
from cloche.contract.reason import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.arguments import Arguments
from cloche_server.front.requests import Requests, request_max_bytes, upload_piece
from cloche_server.refusal import Refusal

LIMITS = Limits(source_max_bytes=1000)


def call(source: str = "def f(m, t): return 1", **changes: object) -> pb.Call:
    made = pb.Call(technique=pb.Technique(source=source, entry_point="f"), **changes)  # type: ignore[arg-type]
    made.options.timeout.FromSeconds(3)
    return made


async def refused(raw: bytes, how: str = "call") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await getattr(Requests(LIMITS), how)(raw)
    return caught.value


@pytest.mark.parametrize("padding", [0, 1 << 20], ids=["on the spot", "in the thread"])
async def test_a_call_is_read_as_protobuf_reads_it(padding: int) -> None:
    args, kwargs = b"\x91" + bytes(padding), b"\x80"
    message = call("é = 1", args=args, kwargs=kwargs, model="m")
    request = await Requests(LIMITS).call(pb.ExecuteRequest(call=message).SerializeToString())
    assert (bytes(request.args), bytes(request.kwargs)) == (args, kwargs)
    assert (request.args_bytes, request.kwargs_bytes) == (len(args), 1)
    assert request.source.text == "é = 1"
    assert request.source.size == 6
    assert request.source.digest == hashlib.sha256("é = 1".encode()).digest()
    assert request.call.technique == pb.Technique(entry_point="f")
    assert (request.call.model, request.call.options) == ("m", message.options)
    assert (request.call.args, request.call.kwargs) == (b"", b"")


async def test_nothing_at_all_is_a_call_without_anything() -> None:
    request = await Requests(LIMITS).call(b"")
    assert (request.source.text, request.args_bytes) == ("", 0)
    assert request.call == pb.Call(technique=pb.Technique())


async def test_an_upload_and_a_check() -> None:
    upload = pb.Upload(call=call(), args_bytes=1 << 40, kwargs_bytes=7)
    raw = pb.ExecuteUploadRequest(upload=upload).SerializeToString()
    request = await Requests(LIMITS).upload(raw)
    assert (request.args_bytes, request.kwargs_bytes) == (1 << 40, 7)
    assert request.source.text == call().technique.source
    check = pb.CheckRequest(technique=call().technique, model="m")
    found = await Requests(LIMITS).check(check.SerializeToString())
    assert (found.request.model, found.request.technique.entry_point) == ("m", "f")
    assert found.source.text == call().technique.source


async def test_a_source_is_judged_by_its_bytes() -> None:
    message = pb.ExecuteRequest(call=call("é" * 501))
    found = await refused(message.SerializeToString())
    assert (found.reason, found.field) == (Reason.REQUEST_TOO_LARGE, "source")
    assert "1002 bytes" in str(found)
    exact = pb.ExecuteRequest(call=call("é" * 500)).SerializeToString()
    assert (await Requests(LIMITS).call(exact)).source.size == 1000


async def test_names_cannot_be_as_large_as_arguments() -> None:
    message = pb.ExecuteRequest(call=call(model="m" * (1 << 20)))
    found = await refused(message.SerializeToString())
    assert found.reason is Reason.REQUEST_TOO_LARGE
    assert "beside source and arguments" in str(found)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x0a\x04\x0a\x02\x0a\x00" * 2,
        b"\x0a\x02\x12\xff",
        b"\x0a\x05\x0a\x03\x0a\x01\xff",
        b"\x0a\x02\x10\x05",
        b"\x0a\x00" * 100_000,
    ],
    ids=["twice", "cut", "not text", "a number for bytes", "very often"],
)
async def test_what_is_not_a_message_is_refused_in_words(raw: bytes) -> None:
    found = await refused(raw)
    assert found.reason is Reason.REQUEST
    assert "not a message of cloche.v1" in str(found)


async def test_the_loop_goes_on_while_a_large_request_is_read() -> None:
    limits = Limits(source_max_bytes=64 << 20)
    raw = pb.ExecuteRequest(call=call("x" * (60 << 20))).SerializeToString()
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(turning())
    began = time.monotonic()
    await Requests(limits).call(raw)
    other.cancel()
    assert turns > 5, time.monotonic() - began


def test_pieces_of_an_upload() -> None:
    assert bytes(upload_piece(pb.ExecuteUploadRequest(data=b"abc").SerializeToString())) == b"abc"
    for wrong in (
        pb.ExecuteUploadRequest(data=b"").SerializeToString(),
        pb.ExecuteUploadRequest(data=bytes((4 << 20) + 1)).SerializeToString(),
        pb.ExecuteUploadRequest(upload=pb.Upload()).SerializeToString(),
        b"\xff",
        b"",
    ):
        with pytest.raises(Refusal):
            upload_piece(wrong)


def test_inline_arguments_are_few() -> None:
    for sizes in ((INLINE_BYTES + 1, 0), (1, INLINE_BYTES), (INLINE_BYTES // 2 + 1,) * 2):
        with pytest.raises(Refusal) as caught:
            Arguments(*sizes).require_within(Limits())
        assert caught.value.reason is Reason.REQUEST_TOO_LARGE
        assert "ExecuteUpload" in str(caught.value)
    Arguments(INLINE_BYTES, 0).require_within(Limits())


def test_grpc_takes_little_more_than_a_call_may_have() -> None:
    most = request_max_bytes(Limits())
    assert Limits().source_max_bytes + INLINE_BYTES < most < (8 << 20)
