"""What a value may take in memory is decided before it is built."""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path

import msgpack
import pytest
from cloche.contract.errors import WireError
from cloche.wire import _measure, decode, encode

PAGE = (Path(__file__).parents[3] / "docs/wire.md").read_text()


def many(item: bytes, count: int) -> bytes:
    return b"\xdd" + count.to_bytes(4, "big") + item * count


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the limit, for a hundredth of the time."""
    monkeypatch.setattr(_measure, "FREE_BYTES", _measure.FREE_BYTES // 100)
    monkeypatch.setattr(_measure, "ALWAYS_SMALL", _measure.ALWAYS_SMALL // 100)


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize(
    ("item", "count"),
    [
        (b"\x90", 20_000),
        (b"\x80", 20_000),
        (b"\x81\x01\xc0", 6_000),
        (b"\xc7\x01\x03\x90", 8_000),
        (b"\xa1a", 40_000),
        (b"\xc7\x0c\x01\x00\x0a\x92\xa6uint16\x91\x00", 1_500),
    ],
    ids=["lists", "maps", "maps of one", "tuples", "texts", "tensors"],
)
def test_many_small_parts_are_refused_before_they_are_built(item: bytes, count: int) -> None:
    data = many(item, count)
    tracemalloc.start()
    try:
        with pytest.raises(WireError, match=r"become more than \d+ bytes in memory \(at byte"):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_claims_without_items_are_refused_before_they_are_built() -> None:
    data = b"\xdd\x00\x07\xff\xff" * 500 + b"\0" * 500_000
    tracemalloc.start()
    try:
        with pytest.raises(WireError, match="the bytes end before the value does"):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [_measure.ALWAYS_SMALL, 30_000])
def test_claims_inside_payloads_inside_payloads_stay_small(size: int) -> None:
    """Each extension starts msgpack's own limit of depth anew; what all claim is alive at once."""
    data = b"\x90"
    while True:
        headers = (b"\xdc" + len(data).to_bytes(2, "big")) * min(1000, (size - len(data)) // 3 - 2)
        if len(headers) < 9:
            break
        payload = headers + data
        data = b"\xc8" + len(payload).to_bytes(2, "big") + b"\x03" + payload
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < _measure.FREE_BYTES
    finally:
        tracemalloc.stop()


def test_payloads_inside_payloads_are_counted_each_time() -> None:
    data = msgpack.packb(bytes(20_000_000))
    for _ in range(20):
        data = msgpack.packb(msgpack.ExtType(3, b"\x91" + data))
    with pytest.raises(WireError, match="of an extension"):
        decode(data)


def test_ordinary_large_values_pass() -> None:
    for value in ([1.5] * 300_000, "é" * 3_000_000, bytes(9_000_000), {"a": list(range(300_000))}):
        assert decode(encode(value)) == value


@pytest.mark.usefixtures("little")
def test_the_sender_is_told_first() -> None:
    with pytest.raises(WireError, match="send numbers as an array") as caught:
        encode([[] for _ in range(20_000)], root="result")
    assert caught.value.path == "result"


def test_runs_of_numbers_are_counted_as_one_by_one() -> None:
    def cost(data: bytes) -> int:
        budget = _measure._MemoryBudget(1 << 60, len(data))
        _measure._walk(data, budget, 0)
        return budget.sum - _measure._BASE

    one = cost(b"\xcb" + bytes(8))
    for count in (1, 2, 7, 1000):
        assert cost(many(b"\xcb" + bytes(8), count)) == cost(many(b"", 0)) + count * one
    with pytest.raises(WireError, match="left over"):
        cost(many(b"\xcb" + bytes(8), 2) + b"\xcb" + bytes(8))


def test_the_page_says_the_limit() -> None:
    said = re.search(r"\*\*(\d+) MiB\s+plus (\d+) bytes for each byte", PAGE)
    assert said is not None
    assert int(said[1]) << 20 == _measure.FREE_BYTES
    assert int(said[2]) == _measure.BYTES_PER_BYTE
