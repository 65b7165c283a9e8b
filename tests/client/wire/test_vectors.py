"""The vectors that every language shares (tests/vectors), and how Python does on them."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cloche.contract.errors import WireError
from cloche.wire import decode, encode
from cloche.wire._dtypes import DTYPES
from cloche.wire._named import _ROWS

from tests.vectors import make
from tests.vectors.python_values import build, describe, same

ROOT = Path(__file__).parents[3]


def vectors(file: str) -> list[Any]:
    rows = json.loads((ROOT / "tests/vectors" / file).read_text())
    return [pytest.param(row, id=row["name"]) for row in rows]


@pytest.mark.parametrize("vector", vectors("values.json"))
def test_a_value_is_exactly_these_bytes(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    assert encode(build(vector["value"])).hex() == vector["bytes"]
    assert same(describe(decode(data)), vector["value"])
    if "as_float32" in vector:
        found = decode(data).float().numpy()
        expected = np.frombuffer(bytes.fromhex(vector["as_float32"]), "<f4")
        np.testing.assert_array_equal(found, expected)
        numbers = ~np.isnan(found)  # and zeros keep their sign
        assert found[numbers].tobytes() == expected[numbers].tobytes()


@pytest.mark.parametrize("vector", vectors("accepted.json"))
def test_other_ways_to_write_a_value_are_read(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    value = decode(data)
    assert same(describe(value), vector["value"])


@pytest.mark.parametrize("vector", vectors("refused.json"))
def test_damaged_bytes_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        decode(bytes.fromhex(vector["bytes"]))


def test_the_files_are_what_their_maker_writes() -> None:
    for name, text in make.files().items():
        assert (ROOT / "tests/vectors" / name).read_text() == text, "python -m tests.vectors.make"


def test_each_vector_has_a_name_and_bytes_of_its_own() -> None:
    rows = [row for file in make.files().values() for row in json.loads(file)]
    assert len({row["name"] for row in rows}) == len(rows) > 200
    assert len({row["bytes"] for row in rows}) == len(rows)


def test_every_element_type_and_extension_has_vectors() -> None:
    rows = json.loads((ROOT / "tests/vectors/values.json").read_text())
    kinds = {kind: content for row in rows for kind, content in row["value"].items()}
    assert set(kinds) == {
        "nil", "bool", "int", "float", "complex", "str", "bin", "list", "tuple", "set", "frozenset",
        "map", "time", "tensor", "array", "scalar", "record", "record tuple", "named",
    }  # fmt: skip
    described = {row["value"]["named"]["kind"] for row in rows if "named" in row["value"]}
    assert described == set(_ROWS)
    named = {row["value"]["tensor"]["dtype"] for row in rows if "tensor" in row["value"]}
    assert named == set(DTYPES)


def test_bytes_put_together_by_hand() -> None:
    """No library wrote these: what the makers of the vectors get wrong would differ here."""
    by_name = {row["name"]: row for row in make.values()}

    def data(name: str) -> bytes:
        return bytes.fromhex(by_name[name]["bytes"])

    assert data("int 65536") == b"\xce" + struct.pack(">I", 65536)
    assert data("int -129") == b"\xd1" + struct.pack(">h", -129)
    assert data("float one and a half") == b"\xcb" + struct.pack(">d", 1.5)
    assert data("big int: first below msgpack's") == b"\xc7\x09\x05\xff\x7f" + b"\xff" * 7
    assert data("big int: ten bytes, for the sign") == b"\xc7\x0a\x05\x00\x80" + bytes(8)
    assert data("str of 256 bytes") == b"\xda\x01\x00" + b"c" * 256
    assert data("tuple of 16") == b"\xc7\x13\x03\xdc\x00\x10" + bytes(range(16))
    assert data("set of a tuple") == b"\xc7\x07\x06\x91" + b"\xd6\x03\x92\x01\xa1a"
    assert data("map with ints as keys") == (
        b"\x82\x08\xcb" + struct.pack(">d", 0.5) + b"\x04\xcb" + struct.pack(">d", 0.25)
    )
    header = b"\x92\xa7float32\x92\x02\x03"
    elements = struct.pack(">H", len(header)) + header + struct.pack("<6f", *range(6))
    assert data("tensor of two dimensions") == bytes([0xC7, len(elements), 1]) + elements
    header = b"\x92\xa8bfloat16\x91\x08"
    elements = struct.pack(">H", len(header)) + header
    elements += bytes.fromhex("803f00c0010080007f7f807f0080c07f")
    assert data("tensor of bfloat16") == bytes([0xC7, len(elements), 1]) + elements
    assert data("scalar of bool") == b"\xc7\x0a\x08" + b"\x00\x07\x92\xa4bool\x90" + b"\x01"
    seconds, nanoseconds = 1767323045, 678000
    assert data("time, 64 bits") == b"\xd7\xff" + struct.pack(">Q", nanoseconds << 34 | seconds)


def test_the_specification_shows_some_of_them() -> None:
    page = (ROOT / "docs/wire.md").read_text()
    shown = re.findall(r"^\| `[^`]+` \| `([0-9a-f ]+)` \|$", page, re.M)
    known = {row["bytes"] for row in make.values()}
    assert shown
    assert {digits.replace(" ", "") for digits in shown} <= known


WITHOUT_TORCH = """
import importlib.util, json, sys
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
from cloche.contract.errors import WireError
from tests.vectors.python_values import build, describe, same, without_torch

def vectors(name):
    return json.load(open(f"tests/vectors/{name}.json"))

def check(row):
    value = wire.decode(bytes.fromhex(row["bytes"]))
    expected = without_torch(row["value"], row.get("as_float32"))
    if "as_float32" in row:
        np.testing.assert_array_equal(value, build(expected), err_msg=row["name"])
        expected = describe(value)
    assert same(describe(value), expected), row["name"]
    if expected == row["value"]:
        assert wire.encode(build(expected)).hex() == row["bytes"], row["name"]

count = 0
for row in vectors("values"):
    check(row)
    count += 1
for row in vectors("accepted"):
    value = wire.decode(bytes.fromhex(row["bytes"]))
    assert same(describe(value), without_torch(row["value"], None)), row["name"]
    count += 1
for row in vectors("refused"):
    try:
        wire.decode(bytes.fromhex(row["bytes"]))
    except WireError:
        count += 1
    else:
        raise AssertionError(row["name"])
assert "torch" not in sys.modules
print(count)
"""


def test_without_torch_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == sum(len(json.loads(text)) for text in make.files().values())
