"""Puts tensors and arrays flush against pages that cannot be touched, with the same strides."""

from __future__ import annotations

import ctypes
import itertools
import mmap
from random import Random
from typing import Any, Final

import numpy as np
import torch

_PAGE: Final = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_AS_ALLOCATED: Final = 0.3
_BOTH: Final = mmap.PROT_READ | mmap.PROT_WRITE


def _between_pages(size: int, at_end: bool) -> ctypes.Array[ctypes.c_char]:
    """Memory of that size. Never given back: it lives as long as the fork that drives with it."""
    room = -(-size // _PAGE) * _PAGE
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    base = _libc.mmap(None, room + 2 * _PAGE, _BOTH, flags, -1, 0)
    if base in (None, ctypes.c_void_p(-1).value):
        raise MemoryError
    for page in (base, base + _PAGE + room):
        if _libc.mprotect(page, _PAGE, mmap.PROT_NONE if hasattr(mmap, "PROT_NONE") else 0):
            raise MemoryError
    start = base + _PAGE + (room - size if at_end else 0)
    return (ctypes.c_char * size).from_address(start)


def place_tensor(tensor: torch.Tensor, at_end: bool) -> torch.Tensor:
    """The same values, dtype and strides; the storage is what the strides span, no more."""
    if tensor.layout is not torch.strided or not tensor.numel():
        return tensor
    span = 1 + sum(
        (count - 1) * step for count, step in zip(tensor.shape, tensor.stride(), strict=True)
    )
    memory = _between_pages(span * tensor.element_size(), at_end)
    flat = torch.frombuffer(memory, dtype=torch.uint8).view(tensor.dtype)
    placed = flat.as_strided(tensor.shape, tensor.stride()).detach()
    source = tensor.detach()
    if any(not step for step in tensor.stride()) or span < tensor.numel():
        flat.zero_()
        for index in itertools.islice(np.ndindex(*tensor.shape), 256):
            placed[index] = source[index]
    else:
        placed.copy_(source)
    if tensor.is_conj():
        placed = placed.conj()
    if tensor.is_neg():
        placed = torch._neg_view(placed)
    if tensor.grad is not None:
        placed.grad = place_tensor(tensor.grad, at_end)
    return placed.requires_grad_(tensor.requires_grad)


def place_array(array: np.ndarray[Any, Any], at_end: bool) -> np.ndarray[Any, Any]:
    if array.dtype.hasobject or not array.size or type(array) is not np.ndarray:
        return array
    low, high = np.lib.array_utils.byte_bounds(array)
    memory = _between_pages(high - low, at_end)
    first = array.__array_interface__["data"][0] - low
    ctypes.memmove(memory, low, high - low)
    placed = np.ndarray(array.shape, array.dtype, memory, first, array.strides)
    placed.flags.writeable = array.flags.writeable
    return placed


def place(value: Any, rng: Random) -> Any:
    """A copy of an argument in which every tensor and array lies against a guard page."""
    if isinstance(value, torch.Tensor) and rng.random() < _AS_ALLOCATED and value.is_contiguous():
        # Memory of torch's own: a function may resize it. The preloaded allocator guards it.
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, torch.Tensor):
        return place_tensor(value, rng.random() < 0.6)
    if isinstance(value, np.ndarray):
        return place_array(value, rng.random() < 0.6)
    if type(value) in (list, tuple):
        return type(value)([place(each, rng) for each in value])
    if type(value) is dict:
        return {key: place(each, rng) for key, each in value.items()}
    return value
