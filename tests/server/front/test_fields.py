"""A message's fields as protobuf writes them, and what no caller writes."""

from __future__ import annotations

import pytest
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.fields import Malformed, fields, single
from hypothesis import given
from hypothesis import strategies as st


def test_fields_are_found_where_protobuf_put_them() -> None:
    call = pb.Call(args=b"a" * 300, kwargs=b"k", model="m")
    call.options.seed = 1 << 60
    data = memoryview(call.SerializeToString())
    found = single(data)
    assert sorted(found) == [2, 3, 4, 5]
    assert bytes(data[found[2].begin : found[2].end]) == b"a" * 300
    assert found[2].size == 300
    options = data[found[4].begin : found[4].end]
    assert pb.CallOptions.FromString(bytes(options)).seed == 1 << 60
    whole = b"".join(bytes(data[field.start : field.end]) for field in fields(data))
    assert whole == bytes(data)


def test_numbers_of_every_kind_are_passed_over() -> None:
    data = b"\x08\xff\x01" + b"\x11" + bytes(8) + b"\x1d" + bytes(4) + b"\x22\x01x"
    assert [(field.number, field.size) for field in fields(memoryview(data))] == [
        (1, 2), (2, 8), (3, 4), (4, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x0a\x05abc", "beyond its message"),
        (b"\x09abc", "beyond its message"),
        (b"\x0a", "does not end"),
        (b"\xff" * 20, "does not end"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "beyond its message"),
        (b"\x0b\x0c", "of the kind 3"),
        (b"\x02\x00", "the number 0"),
        (b"\x08\x01" * 65, "more than 64 fields"),
        (b"\x0a\x00\x0a\x00", "field 1 comes twice"),
    ],
)
def test_what_no_caller_sends_is_named(data: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        single(memoryview(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_malformed(data: bytes) -> None:
    try:
        found = list(fields(memoryview(data)))
    except Malformed:
        return
    assert b"".join(data[field.start : field.end] for field in found) == data
    assert all(field.start < field.end <= len(data) for field in found)
