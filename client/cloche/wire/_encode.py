"""Python value → bytes.

Inside a sandbox this meets objects that lie, so it decides on `type(value)` and reads through the
base type's own methods; a subclass's `items`, `__iter__`, `__str__` or `numpy` is never called.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgpack
import numpy as np

from cloche.errors import WireError
from cloche.wire import _ext, _measure
from cloche.wire._dtypes import DTYPES

_HEADER_LENGTH = struct.Struct(">H")


def encode(value: object, *, root: str = "value") -> bytes:
    """Returns `value` as msgpack.

    Args:
        value: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset,
            timezone-aware datetime, numpy arrays and scalars, torch tensors, and nestings of these.
            Subclasses (model outputs, named tuples, enumerations of numbers) travel as their base.
        root: what an error calls the outermost value.

    Raises:
        WireError: a value that the wire does not carry; `path` says where it stands. Or one of so
            many small parts that no decoder would take it.
    """
    try:
        packed = _pack(value, 0)
        _measure.check(packed)
        return packed
    except (WireError, TypeError, ValueError, OverflowError, RecursionError) as cause:
        raise _explain(value, root, cause) from None


def _pack(value: object, depth: int) -> bytes:
    if depth > _ext.MAX_EXT_DEPTH:
        raise WireError("nested too deep, or contains itself")

    def extend(item: object) -> object:
        return _extend(item, depth + 1)

    packed: bytes = msgpack.packb(value, default=extend, strict_types=True, datetime=True)
    return packed


def _extend(item: object, depth: int) -> object:
    """Answers for a value that msgpack has no exact type for."""
    kind = type(item)
    if kind is tuple:
        return msgpack.ExtType(_ext.TUPLE, _pack(list(item), depth))  # type: ignore[call-overload]
    if kind is complex:
        return msgpack.ExtType(_ext.COMPLEX, struct.pack(">dd", item.real, item.imag))  # type: ignore[attr-defined]
    if kind is int:
        return msgpack.ExtType(_ext.BIG_INT, _big_int(item))  # type: ignore[arg-type]
    if kind is set:
        return msgpack.ExtType(_ext.SET, _pack(list(item), depth))  # type: ignore[call-overload]
    if kind is frozenset:
        return msgpack.ExtType(_ext.FROZEN_SET, _pack(list(item), depth))  # type: ignore[call-overload]
    if kind is np.ndarray:
        return msgpack.ExtType(_ext.ARRAY, _array(item))  # type: ignore[arg-type]
    bases = type.__dict__["__mro__"].__get__(kind)
    if np.generic in bases:
        return msgpack.ExtType(_ext.SCALAR, _array(np.asarray(item)))
    torch = sys.modules.get("torch")  # a value can only be a tensor where torch is imported already
    if torch is not None and (kind is torch.Tensor or kind is torch.nn.Parameter):
        return msgpack.ExtType(_ext.TENSOR, _tensor(item, torch))
    return _as_base(item, bases, depth)


def _as_base(item: object, bases: tuple[type, ...], depth: int) -> object:
    """A subclass of a carried type, as the base type alone sees it."""
    if dict in bases:
        return dict(dict.items(item))  # type: ignore[arg-type]
    if list in bases:
        return list(list.__iter__(item))  # type: ignore[arg-type]
    if tuple in bases:
        return _extend(tuple(tuple.__iter__(item)), depth)  # type: ignore[arg-type]
    if str in bases:
        return str.__str__(item)
    if int in bases:
        number = int.__int__(item)  # type: ignore[arg-type]
        return number if -(1 << 63) <= number < 1 << 64 else _extend(number, depth)
    if float in bases:
        return float.__float__(item)  # type: ignore[arg-type]
    raise WireError(f"{_name(type(item))} does not travel; {_advice(item)}")


def _big_int(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 8) // 8, "big", signed=True)


def _array(array: np.ndarray) -> bytes:
    name = array.dtype.name
    known = DTYPES.get(name)
    if known is None or known.numpy is None:
        raise WireError(f"numpy arrays of dtype {array.dtype} do not travel; use numbers or a list")
    data = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    return _header(name, array.shape) + data.tobytes()


def _tensor(tensor: Any, torch: Any) -> bytes:
    if tensor.layout is not torch.strided:
        raise WireError(f"a tensor of layout {tensor.layout} does not travel; send .to_dense()")
    if tensor.device.type == "meta":
        raise WireError("a tensor on the meta device has no data to send")
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in DTYPES:
        raise WireError(f"tensors of dtype {name} do not travel; convert with .to(torch.float32)")
    flat = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
    # An empty tensor's stride may be one that view refuses.
    data: bytes = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
    return _header(name, tuple(tensor.shape)) + data


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    header: bytes = msgpack.packb([dtype, list(shape)])
    return _HEADER_LENGTH.pack(len(header)) + header


def _advice(item: object) -> str:
    bases = {base.__name__ for base in type.__dict__["__mro__"].__get__(type(item))}
    if "Module" in bases:
        return "return its weights, e.g. module.weight"
    if "Cache" in bases:
        return "pass use_cache=False, or return .logits"
    if "__dataclass_fields__" in type(item).__dict__:
        return "return dataclasses.asdict(...) of it"
    if type(item).__name__ in {"function", "builtin_function_or_method", "method"}:
        return "functions stay where they are; return what they compute"
    if type(item).__name__ in {"dtype", "device"}:
        return "return str(...) of it"
    return "return plain values, containers, arrays or tensors"


def _name(kind: type) -> str:
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _explain(value: object, root: str, cause: Exception) -> WireError:
    """Finds the innermost part of `value` that fails alone: slow, and only after a failure."""
    path, here, parents = root, value, {id(value)}
    while True:
        for step, child in _children(here):
            if id(child) in parents:
                return WireError("contains itself", path=path + step)
            try:
                _pack(child, 0)
            except Exception as error:  # noqa: BLE001  # whatever it is, this child is where to look next
                path, here, cause = path + step, child, error
                parents.add(id(child))
                break
        else:
            if isinstance(cause, UnicodeError):
                return WireError("a lone surrogate in a text does not travel", path=path)
            text = (
                "nested too deep" if isinstance(cause, (RecursionError, ValueError)) else str(cause)
            )
            return WireError(text, path=path)


def _children(value: object) -> Iterator[tuple[str, object]]:
    bases = type.__dict__["__mro__"].__get__(type(value))
    if dict in bases:
        mapping: Mapping[object, object] = dict(dict.items(value))  # type: ignore[arg-type]
        for key, child in mapping.items():
            label = (
                repr(key)
                if type(key) in (str, int, bytes, bool, float)
                else f"<{type(key).__name__}>"
            )
            yield f"[{label}]", child
            yield f".key {label}", key
    elif list in bases or tuple in bases:
        for index, child in enumerate(value):  # type: ignore[arg-type]
            yield f"[{index}]", child
    elif type(value) in (set, frozenset):
        for child in value:  # type: ignore[attr-defined]
            yield "{...}", child
