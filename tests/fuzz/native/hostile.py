"""Makes good arguments bad, by kind: what a technique could pass, and a kernel may believe."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, Final

import numpy as np
import torch

from .samples import Call

_SMALL: Final = (-1, 0, 1, 2, 3, 7, -2, -7, 63, 64, 65)
_MIDDLE: Final = (127, 128, 255, 256, 259, 1023, 4097, 4113, 65281, 100_000, 1 << 20, 10_000_019)
_NEAR_32: Final = (2**31 - 1, -(2**31), 2**31, 2**32, 2**32 + 1, -(2**32), 2**29, 3 * 2**30)
_NEAR_64: Final = (
    *(2**62, 2**63 - 1, -(2**63), 2**61, 2**60 + 1, -(2**62), 2**61 + 1, 3 * 2**61, -(2**63) + 1),
    *(2**63, 2**64, -(2**63) - 1),
)
INTEGERS: Final = (*_SMALL, *_MIDDLE, *_NEAR_32, *_NEAR_64)
FLOATS: Final = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 1.5, math.nan, math.inf, -math.inf, 1e-320, 1e-38, 1e38, -1e38),
    *(1e308, -1e308, 2.0**31, 2.0**32, 2.0**63, -(2.0**63), 2.0**64, 1 - 1e-9, 1e-9, 65280.0),
)
#: Words that functions choose a way by; another of the same family takes its place.
_CHOICES: Final = (
    ("mean", "sum", "none", "batchmean", "max"),
    ("sum", "prod", "mean", "amax", "amin"),
    ("constant", "reflect", "replicate", "circular"),
    ("edge", "linear_ramp", "maximum", "mean", "median", "minimum", "symmetric", "wrap", "empty"),
    ("trunc", "floor"),
    ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"),
    ("linear", "lower", "higher", "midpoint", "nearest"),
    ("valid", "same", "full"),
    ("forward", "backward", "ortho"),
    ("fro", "nuc"),
    ("reduced", "complete", "r", "raw"),
    ("raise", "wrap", "clip"),
    ("C", "F", "A", "K"),
    ("no", "equiv", "safe", "same_kind", "unsafe"),
    ("left", "right"),
    ("tanh", "none"),
    ("quicksort", "mergesort", "heapsort", "stable"),
)
TORCH_DTYPES: Final = (
    *(torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32),
    *(torch.int16, torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128),
    *(torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2),
)
NUMPY_DTYPES: Final = (
    *("f4", "f8", "f2", "g", "i8", "i4", "i2", "i1", "u1", "u2", "u4", "u8", "?", "F", "D", "G"),
    *(">f8", ">i4", "M8[s]", "m8[ns]", "S3", "U2", "V5", "S0", "U0", "V0", "f4,i8", "O"),
)
#: Descriptions of memory: text, lists of fields, subarrays, offsets.
_DESCRIPTIONS: Final = (
    {"names": ["a"], "formats": ["u1"], "offsets": [1 << 20], "itemsize": 1 << 21},
    {"names": ["a"], "formats": [("u1", (1 << 31,))], "offsets": [0], "itemsize": 8},
    {"names": ["a"], "formats": ["f8"], "offsets": [-8], "itemsize": 8},
    {"a": ("f8", 0), "b": ("f8", 4)},
    [("a", "f4"), ("b", "i8", (2,))],
    ("f4", (3,)),
    ("f8", (1 << 40,)),
    ("V8", [("a", "u1", (8,))]),
    np.dtype("f8,i4"),
    "S2147483647",
    "U536870911",
)


def integer(rng: Random) -> int:
    """A count or an index that is worse than it looks."""
    return rng.choice(rng.choice((_SMALL, _SMALL, _MIDDLE, _NEAR_32, _NEAR_64)))


def spoil_call(call: Call, rng: Random, rate: float, options: dict[str, Any]) -> Call:
    """The call with some of its arguments made hostile.

    Args:
        options: values for keywords that the entry takes and the call may lack.
    """

    # What is made first, a layer say, is made well most of the time.
    made = rate if not call.inputs or rng.random() < 0.2 else 0.0
    given = rate if rng.random() < 0.6 else 0.0
    args = [spoil(each, rng, made) for each in call.args]
    named = {key: spoil(each, rng, made) for key, each in call.options.items()}
    for key, value in options.items():
        if key not in named and rng.random() < 0.15:
            named[key] = spoil(value, rng, 0.5)
    if rng.random() < 0.03 and len(args) > 1:
        args.pop()
    return Call(
        _alias(args, rng, rate),
        named,
        [spoil(each, rng, given) for each in call.inputs],
        {key: spoil(each, rng, given) for key, each in call.named.items()},
    )


def _alias(args: list[Any], rng: Random, rate: float) -> list[Any]:
    """One argument twice, or a view of another."""
    places = [n for n, each in enumerate(args) if isinstance(each, (torch.Tensor, np.ndarray))]
    if len(places) < 2 or rng.random() > rate / 3:
        return args
    one, other = rng.sample(places, 2)
    args = list(args)
    args[other] = args[one] if rng.random() < 0.6 else args[one][..., ::1].T
    return args


def spoil(value: Any, rng: Random, rate: float) -> Any:
    """The value, or with that probability one of its kind that is worse."""
    if isinstance(value, torch.Tensor):
        while rng.random() < rate:
            try:
                value = rng.choice(rng.choice(_TENSORS))(value, rng)
            except (RuntimeError, IndexError, ValueError, TypeError, OverflowError):
                break
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        while rng.random() < rate:
            try:
                value = rng.choice(rng.choice(_ARRAYS))(np.asarray(value), rng)
            except (RuntimeError, IndexError, ValueError, TypeError, OverflowError):
                break
        return value
    if type(value) in (list, tuple, torch.Size):
        return _spoil_sequence(value, rng, rate)
    if rng.random() >= rate:
        return value
    return _spoil_plain(value, rng)


def _spoil_plain(value: Any, rng: Random) -> Any:
    if rng.random() < 0.05:
        return rng.choice((None, True, 1, 1.5, 2j, "mean", torch.float32, np.float64(2), [1], ()))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return integer(rng)
    if isinstance(value, float):
        return rng.choice(FLOATS)
    if isinstance(value, complex):
        return complex(rng.choice(FLOATS), rng.choice(FLOATS))
    if isinstance(value, torch.dtype):
        return rng.choice(TORCH_DTYPES)
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return rng.choice(_DESCRIPTIONS if rng.random() < 0.4 else NUMPY_DTYPES)
    if isinstance(value, str):
        families = [each for each in _CHOICES if value in each]
        return rng.choice(rng.choice(families)) if families else value
    if value is None:
        return rng.choice((None, integer(rng), integer(rng), (0,), (1, 1), torch.ones(2), 0.5, ""))
    return value


def _spoil_sequence(value: Any, rng: Random, rate: float) -> Any:
    items = [spoil(each, rng, rate) for each in value]
    if rng.random() < rate / 3:
        turn = rng.randrange(4)
        if turn == 0:
            items = items[:-1]
        elif turn == 1:
            items = items + items[-1:]
        elif turn == 2:
            items = []
        else:
            items = items * rng.choice((2, 40, 70))
    return items if type(value) is list else tuple(items)


# Tensors

_Change = Callable[[Any, Random], Any]


def _extreme(tensor: torch.Tensor, rng: Random) -> Any:
    """A value that this type can hold and an index, a count or a size should not be."""
    dtype, count = tensor.dtype, tensor.numel()
    if dtype is torch.bool:
        return rng.random() < 0.5
    if dtype.is_floating_point or dtype.is_complex:
        return rng.choice(FLOATS)
    info = torch.iinfo(dtype)
    found = rng.choice((integer(rng), info.min, info.max, -1, count, count + 4096, -count - 1))
    return min(max(found, info.min), info.max)


def _one_extreme(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    changed = tensor.detach().clone(memory_format=torch.contiguous_format)
    for _ in range(rng.randrange(1, 3)):
        changed.view(-1)[rng.randrange(changed.numel())] = _extreme(tensor, rng)
    return changed


def _all_extreme(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return torch.full_like(tensor.detach(), _extreme(tensor, rng))


def _no_number(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return _all_extreme(tensor, rng)
    return torch.full_like(tensor.detach(), rng.choice((math.nan, math.nan, math.inf, -math.inf)))


def _other_dtype(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().to(rng.choice(TORCH_DTYPES))


def _expanded(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """Every element of a dimension is the same one."""
    where = rng.randrange(tensor.dim())
    return tensor.detach().narrow(where, 0, 1).expand(tensor.shape)


def _spread(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """The same values at a distance from each other."""
    where = rng.randrange(tensor.dim())
    wide = tensor.detach().repeat_interleave(2, where)
    index = [slice(None)] * tensor.dim()
    index[where] = slice(None, None, 2)
    return wide[tuple(index)]


def _turned(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """The same shape and values, stored in another order."""
    order = list(range(tensor.dim()))
    rng.shuffle(order)
    back = [order.index(each) for each in range(tensor.dim())]
    return tensor.detach().permute(order).contiguous().permute(back)


def _permuted(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    order = list(range(tensor.dim()))
    rng.shuffle(order)
    return tensor.detach().permute(order)


def _overlapping(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().reshape(-1).unfold(0, 2, 1)


def _empty(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().narrow(rng.randrange(tensor.dim()), 0, 0)


def _shorter(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    where = rng.randrange(tensor.dim())
    return tensor.detach().narrow(where, 0, max(tensor.shape[where] - 1, 0))


def _longer(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    where = rng.randrange(tensor.dim())
    return torch.cat([tensor.detach()] * rng.choice((2, 2, 5)), where)


def _fewer_dimensions(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach()[0] if rng.random() < 0.5 else tensor.detach().reshape(-1)


def _more_dimensions(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().unsqueeze(rng.randrange(tensor.dim() + 1))


def _many_dimensions(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().reshape(*[1] * rng.choice((5, 16, 26, 62, 65)), *tensor.shape)


def _scalar(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    return tensor.detach().reshape(-1)[0]


def _view_bits(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """Conjugated or negated without being written: flags on a view."""
    if not tensor.is_complex():
        tensor = tensor.detach().to(torch.complex64)
    return tensor.detach().conj() if rng.random() < 0.5 else tensor.detach().conj().imag


def _offset(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """In the middle of a larger storage, at an odd place."""
    flat = tensor.detach().reshape(-1)
    return torch.cat([flat[:1], flat])[1:].reshape(tensor.shape)


#: What is done to a tensor: first a family is chosen, then one of it.
def _cancelling(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """Far apart, and the sum is as before: for who adds up first and looks at each later."""
    if tensor.dtype not in (torch.int64, torch.int32) or tensor.numel() < 2:
        return _one_extreme(tensor, rng)
    changed = tensor.detach().clone(memory_format=torch.contiguous_format)
    one, other = rng.sample(range(changed.numel()), 2)
    far = rng.choice((1 << 12, 1 << 20, 1 << 24))
    changed.view(-1)[one] += far
    changed.view(-1)[other] -= far
    return changed


_VALUES: Final = (_one_extreme, _one_extreme, _all_extreme, _no_number, _cancelling)
_LAYOUTS: Final = (_expanded, _spread, _turned, _permuted, _overlapping, _view_bits, _offset)
_SHAPES: Final = (
    *(_empty, _shorter, _longer, _fewer_dimensions, _more_dimensions, _many_dimensions, _scalar),
)
#: What is done to a tensor: first a family is chosen, then one of it.
_TENSORS: Final[tuple[tuple[_Change, ...], ...]] = (
    *(_VALUES, _VALUES, _VALUES, _LAYOUTS, _LAYOUTS, _SHAPES, (_other_dtype,)),
)


def relaid(tensor: torch.Tensor, rng: Random) -> torch.Tensor:
    """The tensor in another layout; sometimes of another shape."""
    try:
        return rng.choice(rng.choice((_LAYOUTS, _LAYOUTS, _SHAPES)))(tensor, rng)
    except (RuntimeError, IndexError, ValueError, TypeError):
        return tensor


# Arrays


def _array_extreme(array: Any, rng: Random) -> Any:
    changed = array.copy()
    kind = array.dtype.kind
    value: Any = rng.choice(FLOATS)
    if kind in "iu":
        info = np.iinfo(array.dtype)
        value = rng.choice((integer(rng), info.min, info.max, -1, array.size, array.size + 4096))
        value = min(max(value, int(info.min)), int(info.max))
    if rng.random() < 0.3:
        changed[...] = value
    else:
        changed.reshape(-1)[rng.randrange(array.size)] = value
    return changed


def _array_dtype(array: Any, rng: Random) -> Any:
    return array.astype(rng.choice(NUMPY_DTYPES))


def _array_reversed(array: Any, rng: Random) -> Any:
    return array[::-1]


def _array_spread(array: Any, rng: Random) -> Any:
    return np.repeat(array, 2, -1)[..., ::2]


def _array_expanded(array: Any, rng: Random) -> Any:
    return np.broadcast_to(array[:1], array.shape)


def _array_unaligned(array: Any, rng: Random) -> Any:
    raw = np.zeros(array.nbytes + 1, "u1")[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    return raw


def _array_window(array: Any, rng: Random) -> Any:
    return np.lib.stride_tricks.sliding_window_view(array, 2, -1)


def _array_fields(array: Any, rng: Random) -> Any:
    return np.zeros(array.shape, "f4,i8")["f1"]


_ARRAYS: Final[tuple[tuple[_Change, ...], ...]] = (
    *((_array_extreme,), (_array_extreme,)),
    (_array_dtype, _array_unaligned, _array_fields),
    (
        *(_array_reversed, _array_spread, _array_expanded, _array_window),
        lambda array, rng: np.asfortranarray(array),
    ),
    (
        *(lambda array, rng: array[..., :0], lambda array, rng: array[..., :-1]),
        *(lambda array, rng: np.concatenate([array, array], -1), lambda array, rng: array.ravel()),
        *(lambda array, rng: array[None], lambda array, rng: array.T, lambda array, rng: array[0]),
        lambda array, rng: array.reshape(-1)[0],
        lambda array, rng: array.reshape(*[1] * rng.choice((5, 30, 62)), *array.shape),
    ),
)
