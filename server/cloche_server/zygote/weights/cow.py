"""torch's own copy on write: a tensor that shares its bytes until somebody asks to write them.

What is written is copied whole first, one storage at a time, whichever way it is written: asking
for a pointer to write through is what copies. Reading copies nothing, but for what asks for such a
pointer to read (`numpy()`, `data_ptr()`).
Source: c10/core/impl/COW.h of the installed torch; the functions have no public name.
"""

from __future__ import annotations

import ctypes
from typing import Any

import torch

_torch: Any = torch


def clone(base: torch.Tensor) -> torch.Tensor:
    """Returns a tensor of the same bytes, and keeps `base` for as long as the process lives.

    The last owner of shared bytes writes to them rather than copy. So nobody else may ever be the
    last: no code in this process can give back the reference that is taken here.

    Args:
        base: as an allocator of torch made it; other memory cannot be shared so.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(base))
    made: torch.Tensor = _torch._lazy_clone(base)
    return made


def is_shared(tensor: torch.Tensor) -> bool:
    """Whether nothing has been written yet to the storage that `tensor` lies in."""
    return bool(_torch._C._is_cow_tensor(tensor))


def address(tensor: torch.Tensor) -> int:
    """Where the storage of `tensor` begins; to ask this copies nothing."""
    return int(_torch._C._data_address(tensor))


def require_works() -> None:
    """Raises RuntimeError if the installed torch writes to what it should copy."""
    base = torch.zeros(64)
    made = clone(base)
    shared = is_shared(made)
    made[1:3].add_(1)
    kept = ctypes.string_at(address(base), base.nbytes) == bytes(base.nbytes)
    if not (shared and kept) or is_shared(made) or made.sum() != 2:
        raise RuntimeError(
            f"torch {torch.__version__} does not copy what it shares; serve with weights='fork'"
        )
