"""Lays torch's tensors where a driver has mapped memory, so that they can be copied on write.

torch shares only memory that its allocator gave. So its caching allocator gets a pool whose memory
comes from here: each piece that it is given begins where a storage lies already.
Untried on a GPU: `python -m bench.gpu landing` tries it. Source: torch/cuda/memory.py of 2.13
(MemPool, no_split), c10/cuda/CUDACachingAllocator.h.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import torch

_ALLOCATE = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p)
_FREE = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p
)  # fmt: skip
_torch: Any = torch


def land(places: Sequence[tuple[int, int]]) -> list[torch.Tensor]:
    """Returns a uint8 tensor for each address and size; what lies there is not touched.

    Pool and callbacks live as long as the process: a piece is never given back.

    Raises:
        RuntimeError: torch put one of them elsewhere.
    """
    wanted: list[int] = []
    allocate = _ALLOCATE(lambda size, device, stream: wanted.pop() if wanted else None)
    free = _FREE(lambda pointer, size, device, stream: None)
    code = [ctypes.cast(each, ctypes.c_void_p).value for each in (allocate, free)]
    # Not split, or the rest of a piece would be given to somebody: it is another storage's.
    pool = _torch.cuda.MemPool(_torch._C._cuda_customAllocator(*code), no_split=True)
    for kept in (allocate, free, pool):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))
    landed = []
    with _torch.cuda.use_mem_pool(pool):
        for address, size in places:
            wanted.append(address)
            made = torch.empty(size, dtype=torch.uint8, device="cuda")
            if wanted or _torch._C._data_address(made) != address:
                raise RuntimeError("torch's allocator did not take the memory that it was given")
            landed.append(made)
    return landed
