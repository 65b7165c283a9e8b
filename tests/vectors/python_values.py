"""Descriptions as Python's own values, and back. Works without torch, which then makes arrays."""

from __future__ import annotations

import datetime
import decimal
import fractions
import importlib.util
import json
import struct
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
from cloche import wire

from tests.vectors.reference import Description

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
HAS_TORCH = importlib.util.find_spec("torch") is not None


def _torch(name: str) -> Any:
    import torch

    return getattr(torch, name)


def _numpy_time(kind: str, unit: str, count: int, numbers: Any) -> Any:
    return numbers.view(f"{kind}8[{count}{unit}]")


#: How each kind of named value is built, and what it is described by.
_NAMED: dict[str, Callable[..., Any]] = {
    "range": range,
    "slice": slice,
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": datetime.timedelta,
    "decimal": decimal.Decimal,
    "fraction": fractions.Fraction,
    "uuid": lambda data: uuid.UUID(bytes=data),
    "torch.dtype": _torch,
    "torch.device": lambda name: _torch("device")(name),
    "numpy.dtype": np.dtype,
    "numpy.time": _numpy_time,
    "numpy.texts": lambda of_bytes, shape, items: np.array(items, "S" if of_bytes else "U").reshape(
        shape
    ),
}


def _named_items(value: Any) -> tuple[str, list[Any]] | None:
    """The kind and the items of a named value."""
    kind = type(value)
    if kind in (range, slice):
        return kind.__name__, [value.start, value.stop, value.step]
    if kind in (datetime.date, datetime.time) or (
        kind is datetime.datetime and value.tzinfo is None
    ):
        return kind.__name__, [value.isoformat()]
    if kind is datetime.timedelta:
        return "timedelta", [value.days, value.seconds, value.microseconds]
    if kind is decimal.Decimal:
        return "decimal", [str(value)]
    if kind is fractions.Fraction:
        return "fraction", [value.numerator, value.denominator]
    if kind is uuid.UUID:
        return "uuid", [value.bytes]
    if isinstance(value, np.dtype):
        return "numpy.dtype", [value.str]
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "mM":
        unit, count = np.datetime_data(value.dtype)
        return "numpy.time", [value.dtype.kind, unit, count, np.asarray(value).view("i8")[()]]
    if kind is np.ndarray and value.dtype.kind in "US":
        flat = value.reshape(-1).tolist()
        return "numpy.texts", [value.dtype.kind == "S", list(value.shape), flat]
    if kind.__module__ == "torch" and kind.__name__ in ("dtype", "device"):
        return f"torch.{kind.__name__}", [str(value).removeprefix("torch.")]
    return None


def build(description: Description) -> Any:
    """The value that `description` describes."""
    ((kind, content),) = description.items()
    match kind:
        case "nil" | "bool" | "str":
            return content
        case "bin":
            return bytes.fromhex(content)
        case "int":
            return int(content)
        case "float":
            return _float(content)
        case "complex":
            return complex(*map(_float, content))
        case "list" | "tuple" | "set" | "frozenset":
            return _CONTAINERS[kind](map(build, content))
        case "map":
            return {build(key): build(value) for key, value in content}
        case "record" | "record tuple":
            fields = {name: build(value) for name, value in content["fields"]}
            if kind == "record":
                return wire.Record(content["type"], fields)
            return wire.RecordTuple(content["type"], fields, fields.values())
        case "named":
            return _NAMED[content["kind"]](*map(build, content["items"]))
        case "time":
            parts = {"microseconds": content["nanoseconds"] // 1000}
            return _EPOCH + datetime.timedelta(seconds=int(content["seconds"]), **parts)
    data, dtype, shape = bytes.fromhex(content["data"]), content["dtype"], content["shape"]
    if kind == "tensor":
        import torch

        if not data:
            return torch.empty(shape, dtype=getattr(torch, dtype))
        raw = torch.tensor(list(data), dtype=torch.uint8)
        return raw.view(getattr(torch, dtype)).reshape(shape)
    array = np.frombuffer(data, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)
    return array if kind == "array" else array[()]


def describe(value: Any) -> Description:
    """What describes `value`, down to each bit; nothing else does."""
    kind = type(value)
    if value is None:
        return {"nil": None}
    if kind in (bool, str):
        return {kind.__name__: value}
    if kind is int:
        return {"int": str(value)}
    if kind is bytes:
        return {"bin": value.hex()}
    if kind is float:
        return {"float": _bits(value)}
    if kind is complex:
        return {"complex": [_bits(value.real), _bits(value.imag)]}
    if kind in (list, tuple):
        return {kind.__name__: [describe(item) for item in value]}
    if kind in (set, frozenset):
        return {kind.__name__: [describe(item) for item in value]}
    if kind is dict:
        return {"map": [[describe(key), describe(item)] for key, item in value.items()]}
    if kind in (wire.Record, wire.RecordTuple):
        label = "record" if kind is wire.Record else "record tuple"
        pairs = value.items() if kind is wire.Record else value._asdict().items()
        fields = [[name, describe(item)] for name, item in pairs]
        return {label: {"type": value.type_name, "fields": fields}}
    found = _named_items(value)
    if found is not None:
        return {"named": {"kind": found[0], "items": [describe(item) for item in found[1]]}}
    if kind is datetime.datetime:
        whole, rest = divmod(value - _EPOCH, datetime.timedelta(seconds=1))
        return {"time": {"seconds": str(whole), "nanoseconds": rest.microseconds * 1000}}
    if isinstance(value, (np.ndarray, np.generic)):
        little = value.astype(value.dtype.newbyteorder("<"))
        label = "array" if kind is np.ndarray else "scalar"
        return _elements(label, value.dtype.name, value.shape, little.tobytes())
    import torch

    assert kind is torch.Tensor, kind
    flat = value.reshape(-1)
    data = bytes(flat.view(torch.uint8).tolist()) if flat.numel() else b""
    return _elements("tensor", str(value.dtype).removeprefix("torch."), value.shape, data)


def same(one: Description, other: Description) -> bool:
    """Equal, whatever the order of what a set holds."""
    return _ordered(one) == _ordered(other)


def without_torch(description: Description, as_float32: str | None) -> Description:
    """What becomes of a value where torch is missing: each tensor is an array."""
    ((kind, content),) = description.items()
    match kind:
        case "tensor" if as_float32 is not None and content["dtype"] != "float16":
            return {"array": {**content, "dtype": "float32", "data": as_float32}}
        case "tensor":
            return {"array": content}
        case "list" | "tuple" | "set" | "frozenset":
            return {kind: [without_torch(item, None) for item in content]}
        case "map":
            return {"map": [[without_torch(part, None) for part in pair] for pair in content]}
        case "record" | "record tuple":
            fields = [[name, without_torch(value, None)] for name, value in content["fields"]]
            return {kind: {**content, "fields": fields}}
        case "named" if content["kind"].startswith("torch."):
            # A dtype's own name, as torch writes it.
            ((_, name),) = content["items"][0].items()
            return {"str": name if content["kind"] == "torch.device" else f"torch.{name}"}
    return description


def _ordered(description: Description) -> Description:
    ((kind, content),) = description.items()
    if kind in ("set", "frozenset"):
        return {kind: sorted((_ordered(item) for item in content), key=json.dumps)}
    if kind in ("list", "tuple"):
        return {kind: [_ordered(item) for item in content]}
    if kind == "map":
        return {kind: [[_ordered(part) for part in pair] for pair in content]}
    return description


def _elements(kind: str, dtype: str, shape: tuple[int, ...], data: bytes) -> Description:
    return {kind: {"dtype": dtype, "shape": list(shape), "data": data.hex()}}


def _float(bits: str) -> float:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    return float(number)


def _bits(number: float) -> str:
    return struct.pack(">d", number).hex()
