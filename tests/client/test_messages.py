"""What is read and written past protobuf means what protobuf says it means."""

from __future__ import annotations

import numpy as np
import pytest
from cloche import wire
from cloche.client.messages import Piece, Upload, parse, serialised
from cloche.client.shown import shown
from cloche.contract.errors import WireError
from cloche.v1 import execution_pb2 as pb
from cloche_server.front import events
from cloche_server.ipc import job
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

numbers = st.integers(0, 300) | st.integers(0, (1 << 63) - 1)


def as_protobuf(message: pb.ExecuteStreamResponse | Piece) -> pb.ExecuteStreamResponse:
    if isinstance(message, Piece):
        chunk = pb.ResultChunk(data=bytes(message.data), total_bytes=message.total_bytes)
        return pb.ExecuteStreamResponse(result_chunk=chunk)
    return message


@given(st.binary(min_size=1, max_size=300) | st.just(bytes(100_000)), numbers.filter(bool))
@settings(max_examples=200, deadline=None)
def test_a_piece_is_written_as_protobuf_writes_it(data: bytes, total: int) -> None:
    taken = 0
    for written in events.Events().of(job.Chunk(bytearray(data), total)):
        read = parse(written)
        assert isinstance(read, Piece)
        part = data[taken : taken + len(read.data)]
        chunk = pb.ResultChunk(data=part, total_bytes=total)
        whole = pb.ExecuteStreamResponse(result_chunk=chunk)
        assert written == whole.SerializeToString()
        assert as_protobuf(read) == whole
        taken += len(part)
    assert taken == len(data)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    chunk = pb.ResultChunk(data=draw(st.binary(max_size=20)), total_bytes=draw(numbers))
    data = bytearray(pb.ExecuteStreamResponse(result_chunk=chunk).SerializeToString())
    for _ in range(draw(st.integers(0, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data) + draw(st.binary(max_size=2))


@given(st.binary(max_size=60) | damaged())
@settings(max_examples=1500, deadline=None)
def test_any_bytes_are_what_protobuf_takes_them_for(data: bytes) -> None:
    try:
        expected = pb.ExecuteStreamResponse.FromString(data)
    except DecodeError:
        with pytest.raises(DecodeError):
            parse(data)
        return
    if expected.WhichOneof("event") != "output":
        expected = shown(expected)
    assert as_protobuf(parse(data)) == expected


@given(st.lists(st.binary(max_size=50) | st.just(bytes(1_500_000)), max_size=4))
@settings(max_examples=50, deadline=None)
def test_an_upload_holds_all_of_its_arguments(parts: list[bytes]) -> None:
    upload = Upload(pb.Call(), tuple(parts[:2]), tuple(parts[2:]))
    for _ in range(2):  # it may have to be sent again
        messages = [
            pb.ExecuteUploadRequest.FromString(serialised(each)) for each in upload.messages()
        ]
        assert messages[0].upload.args_bytes == sum(map(len, parts[:2]))
        assert messages[0].upload.kwargs_bytes == sum(map(len, parts[2:]))
        assert b"".join(each.data for each in messages[1:]) == b"".join(parts)
        assert all(each.data for each in messages[1:])


@given(st.binary(max_size=100), st.integers(1, 30))
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_any_pieces_are_taken_as_one(data: bytes, size: int) -> None:
    def outcome(decoding: object) -> object:
        assert callable(decoding)
        try:
            return wire.encode(decoding())
        except WireError as error:
            return str(error)

    incoming = wire.Incoming()
    for start in range(0, len(data), size):
        incoming.add(data[start : start + size])
    assert len(incoming) == len(data)
    assert outcome(incoming.value) == outcome(lambda: wire.decode(data))


@pytest.mark.parametrize(
    "value",
    [
        np.arange(50_000),
        [np.arange(50_000, dtype=np.complex128)],
        ("a", 1.5, {"name": np.arange(50_000)}, 7),
        {"first": {"deep": [None, (np.arange(50_000), 1 << 70)]}},
    ],
)
def test_the_large_part_stays_where_it_came(value: object) -> None:
    data = wire.encode(value)
    incoming = wire.Incoming()
    incoming.add(data)
    buffer = np.frombuffer(incoming._data, np.uint8)
    found: object = incoming.value()
    while not isinstance(found, np.ndarray):
        items = found.values() if isinstance(found, dict) else found
        found = next(item for item in items if isinstance(item, (np.ndarray, dict, list, tuple)))
    assert np.shares_memory(found, buffer)
