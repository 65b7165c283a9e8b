"""Bytes → Python value. The bytes are hostile: what they claim is checked before it is used."""

from __future__ import annotations

import importlib.util
import math
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgpack
import numpy as np

from cloche.contract.errors import WireError
from cloche.wire import _ext, _measure, _named
from cloche.wire._dtypes import DTYPES, HEADER_LENGTH, DType, widen
from cloche.wire._measure import Apart
from cloche.wire._records import Record, RecordTuple

_COMPLEX = struct.Struct(">dd")
_PLACEHOLDER: Final = bytes((0xD6, _ext.APART))
# Hashes of numbers are no secret: keys can be chosen so that each is compared with all before it.
_COLLISIONS_MAX: Final = 256
# So many are no matter, however expensive a comparison is; beyond, what is compared counts.
_COLLISIONS_FREE: Final = 8
_COMPARED_FOR_EACH: Final = 32


def decode(data: bytes | bytearray | memoryview, *, adopt: bool = False) -> Any:
    """Returns the value that `data` holds; an object of a class as a Record or RecordTuple.

    Tensors come back as torch tensors where torch is installed and as numpy arrays otherwise;
    there, bfloat16 and float8 widen to float32, which holds each of their values exactly.

    Args:
        adopt: the caller gives `data` up: a tensor or array that is most of it may lie in its
            memory, where that can be written and is aligned, instead of in a copy.

    Raises:
        WireError: the bytes are not one well-formed value, claim more than they hold, or would
            take more memory than docs/wire.md allows.
    """
    view = memoryview(data)
    # Less than half is copied: it would keep all the rest alive.
    keep = max(len(view) // 2, _ext.APART_BYTES) if adopt and not view.readonly else None
    return _unpack(view, 0, _CopyPolicy(keep), _measure.check(view))


@dataclass(frozen=True)
class _CopyPolicy:
    """How elements are taken: payloads from `keep` bytes on stay where they are; None: no."""

    keep: int | None


_COPIED: Final = _CopyPolicy(None)


def _unpack(
    data: bytes | memoryview, depth: int, policy: _CopyPolicy = _COPIED, apart: Sequence[Apart] = ()
) -> Any:
    if depth > _ext.MAX_EXT_DEPTH:
        raise WireError("nested too deep")

    def hook(code: int, payload: bytes) -> object:
        if code == _ext.APART and apart:
            part = apart[int.from_bytes(payload, "big")]
            body = memoryview(data)[part.payload : part.end]
            return _extension(part.code, body, depth + 1, policy, part.inner)
        return _extension(code, memoryview(payload), depth + 1)

    try:
        return msgpack.unpackb(
            _without(data, apart) if apart else data,
            ext_hook=hook, object_pairs_hook=_mapping, strict_map_key=False, timestamp=3,
        )  # fmt: skip
    except WireError:
        raise
    except msgpack.exceptions.StackError:
        raise WireError("nested too deep") from None
    except msgpack.exceptions.ExtraData:
        raise WireError("bytes are left over after the value") from None
    except (ValueError, TypeError, RecursionError, OverflowError, MemoryError) as error:
        # msgpack's own exceptions are ValueErrors; a TypeError is a key that cannot be hashed.
        raise WireError(f"not well-formed msgpack ({str(error) or type(error).__name__})") from None


def _without(data: bytes | memoryview, apart: Sequence[Apart]) -> bytes:
    """`data` with the number of each large part in its place."""
    whole, start = memoryview(data), 0
    pieces: list[bytes | memoryview] = []
    for index, part in enumerate(apart):
        pieces += [whole[start : part.start], _PLACEHOLDER + index.to_bytes(4, "big")]
        start = part.end
    return b"".join([*pieces, whole[start:]])


def _extension(
    code: int,
    payload: memoryview,
    depth: int,
    policy: _CopyPolicy = _COPIED,
    inner: Sequence[Apart] = (),
) -> object:
    match code:
        case _ext.TUPLE:
            return tuple(_items(payload, depth, policy, inner))
        case _ext.SET:
            return set(_distinct(_items(payload, depth, policy, inner)))
        case _ext.FROZEN_SET:
            return frozenset(_distinct(_items(payload, depth, policy, inner)))
        case _ext.RECORD:
            name, fields, values = _fields(payload, depth, policy, inner)
            return Record(name, zip(fields, values, strict=True))
        case _ext.RECORD_TUPLE:
            return RecordTuple(*_fields(payload, depth, policy, inner))
        case _ext.NAMED:
            return _named.value_of(_items(payload, depth, policy, inner))
        case _ext.COMPLEX:
            if len(payload) != _COMPLEX.size:
                raise WireError(f"a complex number takes 16 bytes, not {len(payload)}")
            return complex(*_COMPLEX.unpack(payload))
        case _ext.BIG_INT:
            if not payload:
                raise WireError("a big int takes one byte at least")
            return int.from_bytes(payload, "big", signed=True)
        case _ext.ARRAY:
            dtype, shape, raw = _elements(payload)
            return _as_numpy(dtype, shape, raw, policy)
        case _ext.SCALAR:
            dtype, shape, raw = _elements(payload)
            if shape != ():
                raise WireError("a scalar has no dimensions")
            return _as_numpy(dtype, shape, raw)[()]
        case _ext.TENSOR:
            dtype, shape, raw = _elements(payload)
            if importlib.util.find_spec("torch") is None:
                return _as_numpy(dtype, shape, raw, policy)
            return _as_torch(dtype, shape, raw, policy)
    raise WireError(f"extension {code} is not one of Cloche's")


def _mapping(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    if len(pairs) > _COLLISIONS_FREE:
        _distinct([key for key, _ in pairs])
    return dict(pairs)


def _distinct(keys: list[Any]) -> list[Any]:
    """The keys. Raises WireError for many with the same hash."""
    if len(keys) > _COLLISIONS_FREE:
        hashes = list(map(hash, keys))
        if len(hashes) - len(set(hashes)) >= _COLLISIONS_FREE:
            _check_collisions(keys, hashes)
    return keys


def _check_collisions(keys: list[Any], hashes: list[int]) -> None:
    """Raises WireError where to compare the keys would take long for what they take."""
    alike = Counter(hashes)
    if max(alike.values()) > _COLLISIONS_MAX:
        raise WireError(f"more than {_COLLISIONS_MAX} keys or items with the same hash")
    parts = [_parts(key) for key in keys]
    compared = sum(size * alike[each] for size, each in zip(parts, hashes, strict=True))
    if compared > _COMPARED_FOR_EACH * len(keys) + _COMPARED_FOR_EACH * sum(parts):
        raise WireError("many large keys or items with the same hash")


def _parts(key: Any) -> int:
    """How many there are to compare."""
    if type(key) in (tuple, frozenset):
        return 1 + sum(map(_parts, key))
    return 1


def _items(
    payload: memoryview, depth: int, policy: _CopyPolicy, inner: Sequence[Apart]
) -> list[Any]:
    items = _unpack(payload, depth, policy, inner)
    if type(items) is not list:
        raise WireError("a tuple, set or record holds an array")
    return items


def _fields(
    payload: memoryview, depth: int, policy: _CopyPolicy, inner: Sequence[Apart]
) -> tuple[str, list[str], list[Any]]:
    """A type's name, the fields' names, and as many values."""
    items = _items(payload, depth, policy, inner)
    count = len(items) // 2
    names = items[1 : 1 + count]
    if len(items) != 1 + 2 * count or not all(type(name) is str for name in (items[0], *names)):
        raise WireError("a record holds a name, names of fields, and as many values")
    if len(set(_distinct(names))) != count:
        raise WireError("a record names each of its fields once")
    return items[0], names, items[1 + count :]


def _elements(view: memoryview) -> tuple[DType, tuple[int, ...], memoryview]:
    if len(view) < HEADER_LENGTH.size:
        raise WireError("an array without a header")
    (length,) = HEADER_LENGTH.unpack(view[: HEADER_LENGTH.size])
    start = HEADER_LENGTH.size + length
    header = _unpack(view[HEADER_LENGTH.size : start], _ext.MAX_EXT_DEPTH)
    if not (type(header) is list and len(header) == 2 and type(header[0]) is str):
        raise WireError("an array's header is [dtype, shape]")
    dtype = DTYPES.get(header[0])
    if dtype is None:
        raise WireError(f"unknown dtype {header[0][:40]!r}")
    shape = header[1]
    if not (type(shape) is list and len(shape) <= _ext.MAX_DIMENSIONS):
        raise WireError(f"a shape is an array of at most {_ext.MAX_DIMENSIONS} lengths")
    if not all(type(length) is int and 0 <= length < 1 << 48 for length in shape):
        raise WireError("a shape holds whole numbers from 0")
    raw = view[start:]
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise WireError(
            f"{dtype.name}{shape} takes {math.prod(shape) * dtype.itemsize} bytes, not {len(raw)}"
        )
    if dtype.name == "bool" and raw and np.frombuffer(raw, np.uint8).max() > 1:
        raise WireError("a bool is the byte 0 or 1")  # what others do to libraries is undefined
    return dtype, tuple(shape), raw


def _as_numpy(
    dtype: DType, shape: tuple[int, ...], raw: memoryview, policy: _CopyPolicy = _COPIED
) -> np.ndarray:
    flat = np.frombuffer(raw, np.uint8)
    if dtype.numpy is None:
        return widen(flat, dtype.name).reshape(shape)
    little_endian = np.dtype(dtype.numpy).newbyteorder("<")
    kept = _kept(flat, dtype, policy)
    return flat.view(little_endian).astype(dtype.numpy, copy=not kept).reshape(shape)


def _as_torch(dtype: DType, shape: tuple[int, ...], raw: memoryview, policy: _CopyPolicy) -> object:
    import torch

    kind = getattr(torch, dtype.torch or "", None)
    if kind is None:
        raise WireError(f"this torch has no dtype {dtype.name}")
    try:
        if not raw:
            return torch.empty(shape, dtype=kind)
        flat = np.frombuffer(raw, np.uint8)
        if not _kept(flat, dtype, policy):
            flat = flat.copy()
        return torch.from_numpy(flat).view(kind).reshape(shape)
    except RuntimeError as error:  # lengths whose product only a zero among them makes small
        raise WireError(f"no tensor has the shape {list(shape)}") from error


def _kept(flat: np.ndarray, dtype: DType, policy: _CopyPolicy) -> bool:
    """Whether elements may stay where they are: many enough, and in a place for their type."""
    enough = policy.keep is not None and flat.nbytes >= policy.keep
    return enough and bool(flat.ctypes.data % dtype.itemsize == 0)
