"""Python value → bytes.

Inside a sandbox this meets objects that lie, so it decides on `type(value)` and reads through the
base type's own methods; a subclass's `items`, `__iter__`, `__str__` or `numpy` is never called.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgpack
import numpy as np

from cloche.contract.errors import WireError
from cloche.wire import _advice, _ext, _measure, _named, _objects
from cloche.wire._dtypes import DTYPES, elements_header

if TYPE_CHECKING:
    from cloche.wire._mask import Mask

_CONTAINERS: Final = (dict, list, tuple, set, frozenset)
_EXTENDED: Final = (tuple, complex, set, frozenset)
#: Parts of these need no look for what does not travel.
_ALWAYS_TRAVEL: Final = (int, float, bool, bytes, type(None))
#: msgpack packs no deeper.
_MOST_LEVELS: Final = 1024
#: Keys that an error's path shows as they are.
_LABELS: Final = (str, int, bytes, bool, float)
#: Three bytes that msgpack writes where an extension goes that stands apart.
_PLACEHOLDER: Final = msgpack.ExtType(0, b"")
_PLACEHOLDER_BYTES: Final = 3

Buffer: TypeAlias = bytes | bytearray | memoryview


@dataclass(frozen=True)
class _Packed:
    """One value's bytes, in pieces: large elements are where the value holds them, not copied."""

    parts: tuple[Buffer, ...]
    size: int
    #: The same without the large elements, and how many bytes those are.
    skeleton: bytes
    apart: int


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
    return joined(encode_parts(value, root=root))


def encode_parts(
    value: object, *, root: str = "value", mask: Mask | None = None
) -> tuple[Buffer, ...]:
    """`encode`, in pieces that follow each other, most of them views of what `value` holds.

    Elements of large tensors and arrays are not copied: whoever changes them before the pieces are
    used changes what is sent.

    Args:
        mask: numbers that are not sent; the pieces are as long as without it, and `value` stays.
    """
    try:
        packed = _pack(value, 0, mask)
        _measure.check(packed.skeleton, apart=packed.apart)
        return packed.parts
    except (WireError, TypeError, ValueError, OverflowError, RecursionError) as cause:
        raise _explain(value, root, cause) from None


def joined(parts: tuple[Buffer, ...]) -> bytes:
    """The pieces as one; no copy where there is only one."""
    if len(parts) == 1 and isinstance(parts[0], bytes):
        return parts[0]
    return b"".join(parts)


def _pack(value: object, depth: int, mask: Mask | None = None, *, ordered: bool = True) -> _Packed:
    """Args: ordered: whether `value`, if it is a list, stands for a sequence, and for no set."""
    if depth > _ext.MAX_EXT_DEPTH:
        raise WireError("nested too deep, or contains itself")
    apart: list[tuple[int, int, _Packed]] = []

    def extend(item: object) -> object:
        found = _extend(item, depth + 1, mask)
        if not isinstance(found, _Extension):
            return found
        payload = found.payload
        if not payload.apart:
            return msgpack.ExtType(found.code, payload.skeleton)
        with packer.getbuffer() as written:
            apart.append((len(written), found.code, payload))
        return _PLACEHOLDER

    packer = msgpack.Packer(default=extend, strict_types=True, autoreset=False)
    packer.pack(value)
    data: bytes = packer.bytes()
    if mask is not None:
        data = mask.items(data, ordered=ordered)  # as long as before: what is apart keeps its place
    if not apart:
        return _Packed((data,), len(data), data, 0)
    return _spliced(data, apart)


def _spliced(data: bytes, apart: list[tuple[int, int, _Packed]]) -> _Packed:
    """`data` with what stands apart in the place of the placeholders."""
    whole, rest, start = memoryview(data), 0, 0
    parts: list[Buffer] = []
    skeleton: list[Buffer] = []
    for at, code, payload in apart:
        before = whole[start:at]
        parts += [before, _extension_header(code, payload.size), *payload.parts]
        skeleton += [before, _extension_header(code, len(payload.skeleton)), payload.skeleton]
        rest += payload.apart
        start = at + _PLACEHOLDER_BYTES
    parts.append(whole[start:])
    skeleton.append(whole[start:])
    size = sum(map(len, parts))
    return _Packed(tuple(part for part in parts if len(part)), size, b"".join(skeleton), rest)


def _extension_header(code: int, size: int) -> bytes:
    """Before a payload; the shortest that msgpack has for payloads of this size."""
    if size >= 1 << 32:
        raise WireError(f"a value of {size} bytes is more than an extension holds; send its parts")
    first, length = (0xC7, 1) if size < 1 << 8 else (0xC8, 2) if size < 1 << 16 else (0xC9, 4)
    return bytes((first, *size.to_bytes(length, "big"), code))


@dataclass(frozen=True)
class _Extension:
    """What goes into an extension."""

    code: int
    payload: _Packed


def _extend(item: object, depth: int, mask: Mask | None) -> object:
    """Answers for a value that msgpack has no exact type for: an _Extension, or another value."""
    kind = type(item)
    if kind is tuple:
        return _Extension(_ext.TUPLE, _pack(list(item), depth, mask))  # type: ignore[call-overload]
    if kind is complex:
        return _whole(_ext.COMPLEX, struct.pack(">dd", item.real, item.imag))  # type: ignore[attr-defined]
    if kind is int:
        return _whole(_ext.BIG_INT, _big_int(item))  # type: ignore[arg-type]
    if kind is set:
        return _Extension(_ext.SET, _pack(list(item), depth, mask, ordered=False))  # type: ignore[call-overload]
    if kind is frozenset:
        return _Extension(_ext.FROZEN_SET, _pack(list(item), depth, mask, ordered=False))  # type: ignore[call-overload]
    bases = _objects.bases_of(kind)
    numpy_array = _array_of(item, kind, bases)
    if numpy_array is not None:
        return _data(numpy_array, mask, depth)
    torch = sys.modules.get("torch")  # a value can only be a tensor where torch is imported already
    if torch is not None and (kind is torch.Tensor or kind is torch.nn.Parameter):
        return _Extension(_ext.TENSOR, _tensor(item, torch, mask))
    match _objects.opened(item):
        case None:
            raise WireError(f"{_objects.label_of(kind)} does not travel; {_advice.of(item)}")
        case _objects.Plain(value=value):
            return _again(value, depth, mask)
        case _objects.Fields() as fields:
            parts = [fields.type_name, *fields.names, *fields.values]
            return _Extension(fields.code, _pack(parts, depth, mask))
        case _named.Named() as named:
            return _named_extension(named, depth, mask)
        case timestamp:
            return timestamp


def _again(value: object, depth: int, mask: Mask | None) -> object:
    """What stands for an object, where msgpack has no type for that either."""
    if type(value) is int and not -(1 << 63) <= value < 1 << 64:
        return _whole(_ext.BIG_INT, _big_int(value))
    if _objects.derives(_EXTENDED, type(value)):
        return _extend(value, depth, mask)
    return value


def _named_extension(named: _named.Named, depth: int, mask: Mask | None) -> _Extension:
    return _Extension(_ext.NAMED, _pack([named.kind, *named.items], depth, mask))


def _whole(code: int, payload: bytes) -> _Extension:
    return _Extension(code, _Packed((payload,), len(payload), payload, 0))


def _big_int(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 8) // 8, "big", signed=True)


def _array_of(item: Any, kind: type, bases: tuple[type, ...]) -> Any:
    """A numpy array or scalar; an array's subclass as its base; None for anything else."""
    if kind is np.ndarray:
        return item
    if _objects.derives(bases, np.ndarray):
        if _objects.derives(bases, np.ma.MaskedArray):
            raise WireError("a masked array does not travel; send x.filled(), or x.data and x.mask")
        return np.ndarray.view(item, np.ndarray)
    if _objects.derives(bases, np.generic) and not _objects.is_made_in_python(kind):
        # Texts of numpy's are texts of Python's too.
        texts = _objects.derives(bases, str) or _objects.derives(bases, bytes)
        return None if texts else item
    return None


def _data(array: Any, mask: Mask | None, depth: int) -> object:
    """Args: array: numpy's, or a scalar of its."""
    if array.dtype.kind in "mM":
        return _named_extension(_named.Named.of("numpy.time", array), depth, mask)
    if array.dtype.kind in "UST":
        return _named_extension(_named.Named.of("numpy.texts", array), depth, mask)
    if type(array) is np.ndarray:
        return _Extension(_ext.ARRAY, _elements_of(array, mask))
    return _Extension(_ext.SCALAR, _elements_of(np.asarray(array), mask))


def _elements_of(array: np.ndarray, mask: Mask | None) -> _Packed:
    name = array.dtype.name
    known = DTYPES.get(name)
    if known is None or known.numpy is None:
        raise WireError(
            f"numpy arrays of dtype {array.dtype} do not travel; {_advice.of_array(array)}"
        )
    data = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    return _elements(name, array.shape, data.reshape(-1).view(np.uint8), mask)


def _tensor(tensor: Any, torch: Any, mask: Mask | None) -> _Packed:
    if tensor.layout is not torch.strided:
        raise WireError(f"a tensor of layout {tensor.layout} does not travel; send .to_dense()")
    if tensor.device.type == "meta":
        raise WireError("a tensor on the meta device has no data to send")
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in DTYPES:
        raise WireError(f"tensors of dtype {name} do not travel; convert with .to(torch.float32)")
    if torch._C._is_cow_tensor(tensor):
        # To be asked for its bytes would have a weight copied whole, with all that it is a view of.
        tensor = tensor.clone()
    flat = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
    # An empty tensor's stride may be one that view refuses.
    data = flat.view(torch.uint8).numpy() if flat.numel() else np.empty(0, np.uint8)
    return _elements(name, tuple(tensor.shape), data, mask)


def _elements(dtype: str, shape: tuple[int, ...], data: np.ndarray, mask: Mask | None) -> _Packed:
    """Header and elements. Args: data: uint8, [bytes], contiguous."""
    if mask is not None:
        data = mask.elements(dtype, shape, data)
    header = elements_header(dtype, shape)
    size = len(header) + len(data)
    if size < _ext.APART_BYTES:
        whole = header + data.tobytes()
        return _Packed((whole,), size, whole, 0)
    return _Packed((header, data.data), size, header, len(data))


def _explain(value: object, root: str, cause: Exception) -> WireError:
    """Finds the innermost part of `value` that fails alone: slow, and only after a failure."""
    return _find_leaf(value, root) or _find_container(value, root, cause)


def _find_leaf(value: object, root: str) -> WireError | None:
    """The first part without parts that fails, or the first that is nested too deep or in itself.

    Looks at each part once, however deep it stands.
    """
    # What has been looked at is kept, so that no other object gets its id.
    known: dict[int, object] = {}
    inside = {id(value)}
    steps = [root]
    levels = [(value, iter(_parts(value)))]
    while levels:
        here, rest = levels[-1]
        step, child = next(rest, ("", None))
        if not step:
            levels.pop()
            steps.pop()
            inside.discard(id(here))
            known[id(here)] = here
            continue
        if _objects.derives(_ALWAYS_TRAVEL, type(child)) or id(child) in known:
            continue
        path = "".join((*steps, step))
        if id(child) in inside:
            return WireError("contains itself", path=path)
        if len(levels) >= _MOST_LEVELS:
            return WireError(f"nested too deep: more than {_MOST_LEVELS} levels", path=root)
        parts = _parts(child)
        if parts:
            inside.add(id(child))
            steps.append(step)
            levels.append((child, iter(parts)))
            continue
        try:
            _pack(child, 0)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is this part's
            return _described(error, path)
    return None


def _find_container(value: object, root: str, cause: Exception) -> WireError:
    path, here = root, value
    while True:
        for step, child in _parts(here):
            try:
                _pack(child, 0)
            except Exception as error:  # noqa: BLE001  # this child is where to look next
                path, here, cause = path + step, child, error
                break
        else:
            return _described(cause, path)


def _described(cause: Exception, path: str) -> WireError:
    if isinstance(cause, UnicodeError):
        return WireError("a lone surrogate in a text does not travel", path=path)
    deep = isinstance(cause, (RecursionError, ValueError))
    return WireError("nested too deep" if deep else str(cause), path=path)


def _parts(value: object) -> list[tuple[str, object]]:
    """Its children; none where the value itself is what fails."""
    try:
        return list(_children(value))
    except WireError:
        return []


def _children(value: object) -> Iterator[tuple[str, object]]:
    if _array_of(value, type(value), _objects.bases_of(type(value))) is not None:
        return
    opened = value if _objects.derives(_CONTAINERS, type(value)) else _objects.opened(value)
    if isinstance(opened, _objects.Plain):
        opened = opened.value
    if type(opened) is dict:
        for key, child in opened.items():
            label = (
                repr(key)
                if _objects.derives(_LABELS, type(key))
                else f"<{_objects.name_of(type(key))}>"
            )
            yield f"[{label}]", child
            yield f".key {label}", key
    elif type(opened) in (list, tuple):
        for index, child in enumerate(opened):  # type: ignore[arg-type]
            yield f"[{index}]", child
    elif type(opened) in (set, frozenset):
        for child in opened:  # type: ignore[attr-defined]
            yield "{...}", child
    else:
        yield from _objects.children(opened)
