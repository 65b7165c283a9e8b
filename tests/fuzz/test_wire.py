"""The value decoder against damaged encodings: WireError or a value, in bounded memory."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import tracemalloc

import pytest
from cloche.contract.errors import WireError
from cloche.wire import _measure, decode, encode
from cloche.wire._decode import _unpack
from hypothesis import HealthCheck, given, settings, target

from tests.fuzz.profile import examples
from tests.fuzz.values import damaged, values

_quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def cost(data: bytes) -> int:
    bill = _measure._MemoryBudget(1 << 60, len(data))
    _measure._walk(data, bill, 0)
    return bill.sum


def taken(data: bytes) -> int:
    """Bytes that Python takes while it decodes, at its highest."""
    tracemalloc.start()
    try:
        with contextlib.suppress(WireError):
            _unpack(data, 0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(damaged())
@settings(max_examples=examples(150), deadline=None, suppress_health_check=_quiet)
def test_damaged_bytes_take_no_more_than_the_page_says(data: bytes) -> None:
    try:
        limit = cost(data)
    except WireError:
        return  # refused before anything is built
    peak = taken(data)
    target(peak / limit, label="taken of what was said")
    assert peak <= limit, (peak, limit, data[:200])


@given(damaged())
@settings(max_examples=examples(300), deadline=None, suppress_health_check=_quiet)
def test_damaged_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except WireError:
        return
    # What came out goes in again, but for numbers of times and lone surrogates.
    try:
        again = encode(value)
    except WireError:
        return
    assert type(decode(again)) is type(value)


@given(values)
@settings(max_examples=examples(100), deadline=None, suppress_health_check=_quiet)
def test_what_the_encoder_writes_passes_the_walk(value: object) -> None:
    data = encode(value)
    assert cost(data) >= taken(data)


NEAR = """
import resource, sys
from cloche.wire import _measure, decode
item, room = bytes.fromhex(sys.argv[1]), int(sys.argv[2])
def many(count):
    return b"\\xdd" + count.to_bytes(4, "big") + item * count
bill = _measure._MemoryBudget(1 << 60, 0)
_measure._walk(many(1000), bill, 0)
each = (bill.sum - _measure._BASE) / 1000
count = min(int((_measure.FREE_BYTES - (1 << 17)) / max(each - 8 * len(item), 1)), 2_000_000)
data = many(count)
decode(many(1))
with open("/proc/self/statm") as statm:
    now = int(statm.read().split()[0]) * resource.getpagesize()
limit = now + _measure.FREE_BYTES + _measure.BYTES_PER_BYTE * len(data) + room
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
print(len(decode(data)))
"""


@pytest.mark.parametrize(
    "item",
    ["90", "8101c0", "cb0000000000000000", "c705069401020304",
     "c70e01000a92a675696e743136 9101 0100", "c70e02000a92a675696e743136 9101 0100"],
    ids=["lists", "maps", "floats", "sets", "tensors", "arrays"],
)  # fmt: skip
def test_the_most_that_passes_fits_the_memory_it_was_given(item: str) -> None:
    """Counted by the kernel: torch's own memory is not Python's."""
    done = subprocess.run(
        [sys.executable, "-c", NEAR, item.replace(" ", ""), str(64 << 20)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 10_000
