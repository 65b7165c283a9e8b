"""The values that both directions are shown on, by name, as README.md says they are described."""

from __future__ import annotations

import struct

from tests.vectors.reference import Description


def f64(number: float) -> Description:
    return {"float": struct.pack(">d", number).hex()}


def integer(number: int) -> Description:
    return {"int": str(number)}


def text(content: str) -> Description:
    return {"str": content}


def array(kind: str, dtype: str, shape: list[int], data: str) -> Description:
    return {kind: {"dtype": dtype, "shape": shape, "data": data.replace(" ", "")}}


def floats(kind: str, shape: list[int], *numbers: float) -> Description:
    return array(kind, "float32", shape, struct.pack(f"<{len(numbers)}f", *numbers).hex())


ONE, TWO, THREE = integer(1), integer(2), integer(3)

SCALARS: dict[str, Description] = {
    "nil": {"nil": None},
    "false": {"bool": False},
    "true": {"bool": True},
    **{
        f"int {number}": integer(number)
        for number in (
            0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53, 2**53 + 1, 2**63 - 1,
            2**63, 2**64 - 1, -1, -32, -33, -128, -129, -32768, -32769, -(2**31), -(2**31) - 1,
            -(2**63),
        )
    },
    "big int: first above msgpack's": integer(2**64),
    "big int: first below msgpack's": integer(-(2**63) - 1),
    "big int: minus 2^64": integer(-(2**64)),
    "big int: nine bytes, top bit clear": integer(2**71 - 1),
    "big int: ten bytes, for the sign": integer(2**71),
    "big int: 10^40": integer(10**40),
    "big int: minus 10^40": integer(-(10**40)),
    "float zero": f64(0.0),
    "float minus zero": f64(-0.0),
    "float one, which is no int": f64(1.0),
    "float one and a half": f64(1.5),
    "float minus a tenth": f64(-0.1),
    "float 2^60, which is no int": f64(2.0**60),
    "float, smallest": f64(5e-324),
    "float, largest": f64(1.7976931348623157e308),
    "float infinity": f64(float("inf")),
    "float minus infinity": f64(float("-inf")),
    "float NaN": {"float": "7ff8000000000000"},
    "float NaN with a payload": {"float": "7ff8000000000001"},
    "float NaN with its sign set": {"float": "fff8000000000000"},
    "complex i": {"complex": ["0000000000000000", "3ff0000000000000"]},
    "complex minus zero and NaN": {"complex": ["8000000000000000", "7ff8000000000000"]},
    "str, empty": text(""),
    "str of 31 bytes": text("a" * 31),
    "str of 32 bytes": text("b" * 32),
    "str of 256 bytes": text("c" * 256),
    "str beyond ASCII": text("naïve 日本語 🦊"),
    "str with a zero": text("a\0b"),
    "bin, empty": {"bin": ""},
    "bin of every byte": {"bin": bytes(range(256)).hex()},
    "time, 32 bits": {"time": {"seconds": "1767323045", "nanoseconds": 0}},
    "time, 64 bits": {"time": {"seconds": "1767323045", "nanoseconds": 678000}},
    "time before 1970": {"time": {"seconds": "-1", "nanoseconds": 999999000}},
}  # fmt: skip

CONTAINERS: dict[str, Description] = {
    "list, empty": {"list": []},
    "list in list": {"list": [ONE, {"list": [TWO, {"list": [THREE]}]}]},
    "list of 16": {"list": [integer(number) for number in range(16)]},
    "tuple, empty": {"tuple": []},
    "tuple": {"tuple": [ONE, TWO]},
    "tuple in list in tuple": {"tuple": [{"list": [{"tuple": [text("a")]}]}, {"nil": None}]},
    "tuple of 16": {"tuple": [integer(number) for number in range(16)]},
    "set, empty": {"set": []},
    "set": {"set": [ONE]},
    "set of a tuple": {"set": [{"tuple": [ONE, text("a")]}]},
    "frozenset, empty": {"frozenset": []},
    "frozenset in set": {"set": [{"frozenset": [f64(0.5)]}]},
    "map, empty": {"map": []},
    "map in its own order": {"map": [[text("b"), ONE], [text("a"), TWO], [text("c"), THREE]]},
    "map of 16": {"map": [[text(f"layer {number}"), integer(number)] for number in range(16)]},
    "map with ints as keys": {"map": [[integer(8), f64(0.5)], [integer(4), f64(0.25)]]},
    "map with __proto__ as a key": {"map": [[text("__proto__"), ONE]]},
    "map with keys of many kinds": {
        "map": [
            [{"nil": None}, text("nil")],
            [{"bool": False}, text("bool")],
            [integer(7), text("int")],
            [text("7"), text("str")],
            [{"bin": "37"}, text("bin")],
            [f64(7.5), text("float")],
            [integer(2**70), text("big int")],
            [{"complex": ["3ff0000000000000", "3ff0000000000000"]}, text("complex")],
            [{"tuple": [ONE, {"tuple": []}]}, text("tuple")],
            [{"frozenset": [ONE]}, text("frozenset")],
        ]
    },
    "a model's output": {
        "map": [
            [text("logits"), floats("tensor", [1, 2, 3], 0.5, -1.0, 2.0, 0.0, 1.5, -0.25)],
            [
                text("hidden_states"),
                {"tuple": [floats("tensor", [1, 2], 1.0, 2.0), floats("tensor", [1, 2], 3.0, 4.0)]},
            ],
        ]
    },
    "a bit of all": {
        "list": [
            {"tuple": [array("scalar", "int64", [], "0300000000000000"), {"nil": None}]},
            {"map": [[{"tuple": [integer(3), integer(-1)]}, floats("array", [1], 0.5)]]},
            {"set": [{"frozenset": []}]},
            {"complex": ["3ff8000000000000", "c002000000000000"]},
            array("tensor", "bool", [3], "01 00 01"),
        ]
    },
}  # fmt: skip


def record(kind: str, type_name: str, **fields: Description) -> Description:
    return {kind: {"type": type_name, "fields": [[name, value] for name, value in fields.items()]}}


def named(kind: str, *items: Description) -> Description:
    return {"named": {"kind": kind, "items": list(items)}}


_NIL: Description = {"nil": None}
OBJECTS: dict[str, Description] = {
    "record without fields": record("record", "Empty"),
    "record": record("record", "Run", loss=f64(0.5), ids={"list": [ONE, TWO]}),
    "record in record": record("record", "Outer", inner=record("record", "Inner", a=ONE)),
    "record with a name beyond ASCII": record("record", "Größe", länge=ONE),
    "record as a key": {"map": [[record("record", "Point", x=ONE, y=TWO), text("here")]]},
    "record with a tensor": record(
        "record", "CausalLMOutput", logits=floats("tensor", [1, 2], 0.5, -1.0)
    ),
    "record tuple": record("record tuple", "Pair", first=ONE, second=text("b")),
    "record tuple in a set": {"set": [record("record tuple", "Pair", first=ONE, second=TWO)]},
    "record tuple of a cache's layer": record(
        "record tuple",
        "DynamicLayer",
        keys=floats("tensor", [1], 1.0),
        values=floats("tensor", [1], 2.0),
    ),
    "range": named("range", integer(0), integer(10), integer(-2)),
    "slice": named("slice", _NIL, integer(-1), _NIL),
    "datetime": named("datetime", text("2026-01-02T03:04:05.000678")),
    "date": named("date", text("2026-01-02")),
    "time of a day": named("time", text("03:04:05+02:00")),
    "timedelta": named("timedelta", integer(-1), integer(86399), integer(5)),
    "decimal": named("decimal", text("-1.10E+5")),
    "decimal NaN": named("decimal", text("NaN")),
    "fraction": named("fraction", integer(-1), integer(3)),
    "uuid": named("uuid", {"bin": "000102030405060708090a0b0c0d0e0f"}),
    "torch dtype": named("torch.dtype", text("bfloat16")),
    "torch device": named("torch.device", text("cuda:1")),
    "numpy dtype": named("numpy.dtype", text("<f4")),
    "numpy times": named(
        "numpy.time", text("M"), text("s"), integer(1),
        array("array", "int64", [2], "0100000000000000 0000000000000080"),
    ),
    "numpy time, a scalar": named(
        "numpy.time", text("m"), text("h"), integer(3),
        array("scalar", "int64", [], "0200000000000000"),
    ),
    "numpy texts": named(
        "numpy.texts", {"bool": False}, {"list": [TWO, ONE]}, {"list": [text("a"), text("bcd")]}
    ),
    "numpy bytes": named("numpy.texts", {"bool": True}, {"list": [ONE]}, {"list": [{"bin": "61"}]}),
}  # fmt: skip

#: Three elements of each type: both ends of its range, or what is easily lost.
ELEMENTS = {
    "bool": "01 00 01",
    "uint8": "00 7f ff",
    "uint16": "0100 ff7f ffff",
    "uint32": "01000000 ffffff7f ffffffff",
    "uint64": "0100000000000000 ffffffffffffff7f ffffffffffffffff",
    "int8": "80 ff 7f",
    "int16": "0080 ffff ff7f",
    "int32": "00000080 ffffffff ffffff7f",
    "int64": "0000000000000080 ffffffffffffffff ffffffffffffff7f",
    "float16": "003c 0080 017e",
    "float32": "0000c03f 00000080 0100c07f",
    "float64": "000000000000f83f 0000000000000080 010000000000f87f",
    "complex64": "0000803f 000000c0  00000080 0000807f  0100c07f 00000000",
    "complex128": (
        "000000000000f03f 00000000000000c0  0000000000000080 000000000000f07f"
        "010000000000f87f 0000000000000000"
    ),
}


def typed() -> dict[str, Description]:
    """Every element type that numpy has; those of WIDENED are tensors there."""
    found = {}
    for dtype, data in ELEMENTS.items():
        packed = data.replace(" ", "")
        if dtype not in WIDENED:
            found[f"tensor of {dtype}"] = array("tensor", dtype, [3], packed)
        found[f"array of {dtype}"] = array("array", dtype, [3], packed)
        found[f"scalar of {dtype}"] = array("scalar", dtype, [], packed[: len(packed) // 3])
    return found


SHAPES = {
    "tensor without dimensions": floats("tensor", [], 1.0),
    "tensor, empty": floats("tensor", [0]),
    "tensor, empty in the middle": floats("tensor", [2, 0, 3]),
    "tensor of two dimensions": floats("tensor", [2, 3], 0.0, 1.0, 2.0, 3.0, 4.0, 5.0),
    "tensor of five dimensions": floats("tensor", [1, 2, 1, 1, 1], 0.5, 0.25),
    "tensor of 400 bytes": floats("tensor", [10, 10], *map(float, range(100))),
    "array without dimensions": floats("array", [], 1.0),
    "array of one dimension": array("array", "uint16", [2], "0100 0200"),
    "array, empty": floats("array", [3, 0]),
    "array of two dimensions": array("array", "int16", [2, 2], "0100 0200 0300 ffff"),
    "tensor of NaNs with payloads": array("tensor", "float32", [2], "010080ff efbeadff"),
}

NAN = "0000c07f"
#: Small floats and the same as float32, written from the formats' definitions; NaN stands for any.
WIDENED = {
    "float16": {"003c": 1.0, "00c0": -2.0, "0100": 2.0**-24, "0004": 2.0**-14, "ff7b": 65504.0,
                "007c": float("inf"), "0080": -0.0, "007e": None},
    "bfloat16": {"803f": 1.0, "00c0": -2.0, "0100": 2.0**-133, "8000": 2.0**-126,
                 "7f7f": 255 * 2.0**120, "807f": float("inf"), "0080": -0.0, "c07f": None},
    "float8_e4m3fn": {"38": 1.0, "c0": -2.0, "01": 2.0**-9, "07": 7 * 2.0**-9, "08": 2.0**-6,
                      "7e": 448.0, "80": -0.0, "7f": None, "ff": None},
    "float8_e4m3fnuz": {"40": 1.0, "c8": -2.0, "01": 2.0**-10, "07": 7 * 2.0**-10, "08": 2.0**-7,
                        "7f": 240.0, "80": None},
    "float8_e5m2": {"3c": 1.0, "c0": -2.0, "01": 2.0**-16, "03": 3 * 2.0**-16, "04": 2.0**-14,
                    "7b": 57344.0, "80": -0.0, "7c": float("inf"), "fc": float("-inf"), "7d": None},
    "float8_e5m2fnuz": {"40": 1.0, "c4": -2.0, "01": 2.0**-17, "03": 3 * 2.0**-17, "04": 2.0**-15,
                        "7f": 57344.0, "80": None},
}  # fmt: skip
