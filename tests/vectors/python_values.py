"""Descriptions as Python's own values, and back. Works without torch, which then makes arrays."""

from __future__ import annotations

import datetime
import importlib.util
import json
import struct
from typing import Any

import numpy as np

from tests.vectors.reference import Description

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
HAS_TORCH = importlib.util.find_spec("torch") is not None


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
