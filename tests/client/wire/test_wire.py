"""The codec: every value comes back as it went; hostile bytes get an error, never a surprise."""

from __future__ import annotations

import collections
import contextlib
import datetime
import enum
import math
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
import torch
from cloche.contract.errors import WireError
from cloche.wire import decode, encode, encode_parts
from cloche.wire._dtypes import DTYPES
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[3]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
)
hashable = st.recursive(
    scalars, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=3)
    ),
    max_leaves=20,
)


@given(values)
@settings(max_examples=300)
def test_any_value_comes_back(value: Any) -> None:
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(WireError):
        decode(data)


@given(values, st.data())
@settings(max_examples=200)
def test_damaged_bytes_decode_or_are_refused(value: Any, data: st.DataObject) -> None:
    packed = bytearray(encode(value))
    position = data.draw(st.integers(0, len(packed) - 1))
    packed[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        decode(bytes(packed))


def test_nan_and_infinities_keep_their_bits() -> None:
    for bits in (0x7FF8_0000_0000_0001, 0xFFF8_0000_0000_0000, 0x7FF0_0000_0000_0000):
        (number,) = struct.unpack(">d", struct.pack(">Q", bits))
        assert struct.pack(">d", decode(encode(number))) == struct.pack(">Q", bits)


def test_time_with_a_zone() -> None:
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=datetime.UTC)
    assert decode(encode(moment)) == moment


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_tensors_of_every_dtype_and_shape(name: str, shape: tuple[int, ...]) -> None:
    size = math.prod(shape) * DTYPES[name].itemsize
    dtype = getattr(torch, name)
    tensor = torch.empty(shape, dtype=dtype)
    if size:
        raw = torch.arange(size, dtype=torch.uint8) if name != "bool" else torch.ones(size).byte()
        tensor = raw.view(dtype).reshape(shape)
    back = decode(encode(tensor))
    assert (back.dtype, back.shape) == (tensor.dtype, tensor.shape)
    if size:
        assert torch.equal(back.reshape(-1).view(torch.uint8), tensor.reshape(-1).view(torch.uint8))
    back.zero_()  # the caller may write to it


@pytest.mark.parametrize("name", [name for name, row in DTYPES.items() if row.numpy])
@pytest.mark.parametrize("order", ["<", ">"])
def test_arrays_of_every_dtype_and_byte_order(name: str, order: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(np.dtype(name).newbyteorder(order))
    back = decode(encode(array))
    assert type(back) is np.ndarray
    np.testing.assert_array_equal(back, array)
    assert back.dtype == np.dtype(name)
    assert back.flags.writeable


def test_views_travel_as_what_they_show() -> None:
    base = torch.arange(24).reshape(4, 6)
    for view in (base.T, base[::2], base[:, 1:3], base.expand(2, 4, 6), base[1]):
        assert torch.equal(decode(encode(view)), view)
    array = np.arange(24).reshape(4, 6)
    np.testing.assert_array_equal(decode(encode(array.T[::-1])), array.T[::-1])


def test_conjugate_and_negative_views() -> None:
    tensor = torch.tensor([1 + 2j, 3 - 1j])
    assert torch.equal(decode(encode(tensor.conj())), tensor.conj())
    assert torch.equal(decode(encode(tensor.conj().imag)), tensor.conj().imag)


def test_gradients_stay_behind() -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    back = decode(encode(parameter))
    assert type(back) is torch.Tensor
    assert not back.requires_grad


def test_numpy_scalars_stay_numpy_scalars() -> None:
    back = decode(encode(np.float32(1.5)))
    assert type(back) is np.float32
    assert back == 1.5


def test_subclasses_travel_as_their_base() -> None:
    class Colour(enum.IntEnum):
        RED = 3

    class Liar(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            return [("forged", 1)]

        def __iter__(self) -> Any:
            return iter(["forged"])

        def __len__(self) -> int:
            return 99

    Pair = collections.namedtuple("Pair", "left right")
    assert decode(encode([Colour.RED, Pair(1, 2)])) == [3, (1, 2)]
    assert decode(encode(Liar(real=2))) == {"real": 2}
    assert decode(encode(torch.topk(torch.tensor([1.0, 2.0]), 1)))[1].tolist() == [1]


def test_model_outputs_travel_as_records() -> None:
    from transformers.modeling_outputs import CausalLMOutput

    back = decode(encode(CausalLMOutput(logits=torch.ones(2), hidden_states=(torch.zeros(1),))))
    assert list(back) == ["logits", "hidden_states"]
    assert type(back["hidden_states"]) is tuple


class Box:
    pass


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "path", "said"),
    [
        (Box(), "value", "Box does not travel"),
        ([1, Box()], "value[1]", "does not travel"),
        ({"layers": [1, (2, Box())]}, "value['layers'][1][1]", "does not travel"),
        ({Box(): 1}, "value.key <Box>", "does not travel"),
        ([torch.nn.Linear(1, 1)], "value[0]", "return its weights"),
        ([print], "value[0]", "functions stay"),
        ({"a": np.array([object()])}, "value['a']", "dtype"),
        ([torch.ones(2, device="meta")], "value[0]", "meta"),
        ([torch.ones(2).to_sparse()], "value[0]", "to_dense"),
        (CYCLE, "value[0]", "contains itself"),
        (["\ud800"], "value[0]", "lone surrogate"),
    ],
)
def test_what_does_not_travel_is_named(value: object, path: str, said: str) -> None:
    with pytest.raises(WireError) as caught:
        encode(value)
    assert caught.value.path == path
    assert said in str(caught.value)


def test_deep_nesting_is_refused_both_ways() -> None:
    deep: Any = 1
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(WireError, match="nested too deep"):
        encode(deep)
    with pytest.raises(WireError, match="nested too deep"):
        decode(b"\x91" * 2000 + b"\x01")
    tuples: Any = 1
    for _ in range(100):
        tuples = (tuples,)
    with pytest.raises(WireError):
        encode(tuples)


def extension(code: int, payload: bytes) -> bytes:
    packed: bytes = msgpack.packb(msgpack.ExtType(code, payload))
    return packed


def array(dtype: object, shape: object, data: bytes, code: int = 2) -> bytes:
    header = msgpack.packb([dtype, shape])
    return extension(code, struct.pack(">H", len(header)) + header + data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not well-formed"),
        (b"\xc1", "not well-formed"),
        (b"\x01\x02", "left over"),
        (b"\xdc\xff\xff", "not well-formed"),
        (extension(99, b"x"), "extension 99"),
        (extension(4, b"short"), "16 bytes"),
        (extension(5, b""), "one byte at least"),
        (extension(3, msgpack.packb(7)), "holds an array"),
        (extension(6, msgpack.packb([[1]])), "not well-formed"),
        (extension(2, b""), "header"),
        (extension(2, b"\x00\x05ab"), "left over"),
        (array("float33", [1], b"abcd"), "unknown dtype"),
        (array("float32", [2], b"abcd"), "takes 8 bytes, not 4"),
        (array("float32", [-1], b""), "whole numbers"),
        (array("float32", [1 << 50], b""), "whole numbers"),
        (array("float32", [True], b"abcd"), "whole numbers"),
        (array("float32", "no", b"abcd"), "shape"),
        (array("uint8", [1] * 65, b"a"), "at most 64"),
        (array("uint8", [2], b"ab", code=8), "no dimensions"),
        (array("bool", [2], b"\1\2"), "0 or 1"),
        (array("bool", [2], b"\1\2", code=1), "0 or 1"),
        (msgpack.packb({"a": 1})[:-1] + b"\xc1", "not well-formed"),
        (b"\x81\x90\x01", "not well-formed"),
        (array("float32", [1 << 47, 1 << 47, 0], b"", code=1), "no tensor has the shape"),
    ],
)
def test_hostile_bytes(data: bytes, said: str) -> None:
    with pytest.raises(WireError, match=re.escape(said)):
        decode(data)


def test_vectors_of_the_specification() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| `([0-9a-f ]+)` \|$", (ROOT / "docs/wire.md").read_text(), re.M
    )
    assert len(rows) == 8
    for expression, digits in rows:
        value = eval(expression, {"numpy": np, "torch": torch})
        data = bytes.fromhex(digits)
        assert encode(value) == data, expression
        back = decode(data)
        assert type(back) is type(value)
        assert np.array_equal(back, value) if hasattr(value, "shape") else back == value


def test_dtypes_of_the_specification() -> None:
    text = (ROOT / "docs/wire.md").read_text()
    assert all(f"`{name}`" in text for name in DTYPES)


WITHOUT_TORCH = """
import importlib.util, sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch": raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hide())
real = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name == "torch" else real(name, package)
importlib.util.find_spec = find_spec
import numpy as np
from cloche import wire
for line in sys.stdin:
    value = wire.decode(bytes.fromhex(line))
    assert type(value) is np.ndarray, type(value)
    print(value.dtype, value.astype(np.float32).tobytes().hex())
assert "torch" not in sys.modules
"""


# In a process of its own: the language wall, where a test has built it, gives arrays copies.
SHARED = """
import sys
import numpy as np, torch
from cloche.wire import decode, encode

sent = [np.arange(6.0), torch.arange(6.0), torch.ones(1 << 20)]
array, tensor, large = decode(bytearray(encode(sent)), adopt=sys.argv[1] == "True")
as_tensor, as_array = torch.from_dlpack(array), np.from_dlpack(large)
as_tensor[0] = 7.0
assert array[0] == 7.0
large[0] = 8.0
assert as_array[0] == 8.0
assert np.shares_memory(np.asarray(tensor), np.from_dlpack(tensor))
"""


@pytest.mark.parametrize("adopt", [False, True])
def test_other_libraries_reach_what_comes_without_a_copy(adopt: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHARED, str(adopt)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_without_torch_tensors_are_arrays_of_the_same_values() -> None:
    tensors = [
        torch.arange(256, dtype=torch.uint8).view(dtype)
        for dtype in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2,
                      torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float16)
    ]  # fmt: skip
    sent = "\n".join(encode(tensor).hex() for tensor in tensors)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], input=sent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for tensor, line in zip(tensors, done.stdout.splitlines(), strict=True):
        _, digits = line.split()
        found = np.frombuffer(bytes.fromhex(digits), np.float32)
        np.testing.assert_array_equal(found, tensor.float().numpy())


ROUND_TRIP_WITHOUT_TORCH = (
    WITHOUT_TORCH.partition("for line")[0]
    + """
for line in sys.stdin:
    print(wire.encode(wire.decode(bytes.fromhex(line))).hex())
assert "torch" not in sys.modules
"""
)


def test_any_value_comes_back_without_torch() -> None:
    """Encoded here, decoded and encoded again where torch is not installed."""
    sent: list[str] = []

    @given(values)
    @settings(max_examples=200, database=None)
    def gather(value: Any) -> None:
        sent.append(encode(value).hex())

    gather()
    done = subprocess.run(
        [sys.executable, "-c", ROUND_TRIP_WITHOUT_TORCH],
        input="\n".join(sent), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    back = done.stdout.split()
    assert len(back) == len(sent) > 100
    for line, returned in zip(sent, back, strict=True):  # sets have an order of their own there
        assert len(line) == len(returned)
        assert decode(bytes.fromhex(returned)) == decode(bytes.fromhex(line))


LARGE = {
    "a": (torch.arange(100_000), {frozenset({1}): [np.arange(70_000)]}),
    "small": torch.zeros(5),
    "nested": ((np.ones((300, 300)), "x" * 100),),
}


def test_large_elements_are_sent_from_where_they_are() -> None:
    array = np.zeros(100_000)
    parts = encode_parts({"first": (1, array)})
    before = b"".join(parts)
    assert before == encode({"first": (1, array)})
    array[-1] = 1.0
    assert b"".join(parts) == encode({"first": (1, array)}) != before


@pytest.mark.parametrize("adopt", [False, True])
def test_large_elements_inside_others_come_back(adopt: bool) -> None:
    data = encode(LARGE)
    assert data == b"".join(encode_parts(LARGE))
    assert encode(decode(bytearray(data), adopt=adopt)) == data


def test_what_is_most_of_adopted_bytes_stays_in_them() -> None:
    value = torch.arange(100_000)
    places = 0
    for offset in range(8):
        data = bytearray(offset) + encode([value, value[:9000]])
        large, small = decode(memoryview(data)[offset:], adopt=True)
        assert torch.equal(large, value)
        before = bytes(data)
        small[0] = large[0] = 1
        places += bytes(data) != before
        assert before.count(1) - data.count(1) in (0, -1)
    assert places == 1  # elsewhere they would not be aligned


def test_what_nobody_gave_up_is_copied() -> None:
    for data in (bytearray(encode(np.arange(100_000))), encode(np.arange(100_000))):
        before = bytes(data)
        decode(data)[0] = 1
        decode(bytes(data), adopt=True)[0] = 1
        assert data == before


def test_a_tuple_of_large_tensors_is_not_refused_for_its_size() -> None:
    """More than the 128 MiB that any value may take, several times over, and no copy of it."""
    tensor = torch.zeros(90 << 20, dtype=torch.uint8)
    data = b"".join(encode_parts((((tensor,),),)))
    assert decode(data)[0][0][0].shape == tensor.shape


def test_the_number_of_what_stands_apart_cannot_be_sent() -> None:
    number = b"\xd6\x7f\0\0\0\0"
    for data in (number, b"\x92" + number + encode(np.zeros(9000))):
        with pytest.raises(WireError, match="127"):
            decode(data)


@pytest.mark.parametrize("depth", [1100, 40_000])
def test_what_is_nested_too_deep_is_told_without_its_path(depth: int) -> None:
    """Each level used to be packed again for each level above it: 40,000 of them took minutes."""
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    with pytest.raises(WireError) as caught:
        encode({"a": deep})
    assert str(caught.value) == "value: nested too deep: more than 1024 levels"


def test_a_part_that_stands_in_many_places_is_looked_at_once() -> None:
    shared: Any = [1]
    for _ in range(60):
        shared = [shared, shared]
    bad: Any = Box()
    for _ in range(400):
        bad = [1, bad]
    with pytest.raises(WireError) as caught:
        encode([bad, shared])
    assert caught.value.path == "value[0]" + "[1]" * 400
