"""Make two runs of a technique equal on one machine, for as long as a call lasts."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

# Not torch.use_deterministic_algorithms: it imports the compiler, and a sandbox has no files.
_set: Any = vars(torch._C)["_set_deterministic_algorithms"]


@contextlib.contextmanager
def enforced(wanted: bool) -> Iterator[None]:
    """Within, where it is wanted: one thread, whose sums have one order, and no algorithm that may
    differ; what has no other raises RuntimeError.
    """
    if not wanted:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    _set(True, warn_only=False)
    try:
        yield
    finally:
        _set(False, warn_only=False)
        torch.set_num_threads(threads)


def digest(parts: Sequence[bytes | bytearray | memoryview]) -> bytes:
    """The SHA-256 of the parts, joined."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.digest()
