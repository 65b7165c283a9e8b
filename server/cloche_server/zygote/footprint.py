"""Which of the zygote's pages a call is bound to copy, so that sandboxes copy them early.

A fork shares its parent's pages and copies one at the first write to it. Python counts references
in the objects themselves, so a pass that changes nothing still writes to thousands of pages.
The copies cost what they cost (5 us each on a small virtual machine), but not while a caller waits.
Source: pagemap(5), madvise(2).
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cloche_server import forked
from cloche_server.walls.kernel import libc
from cloche_server.zygote.heap import private_memory

_PAGE: Final = 4096
_ENTRY: Final = 8
_PRESENT_AND_EXCLUSIVE: Final = np.uint64(1 << 63 | 1 << 56)
_RANGE: Final = struct.Struct("<QQ")
# A call that copies more is no typical one.
_MOST_PAGES: Final = 1 << 14


@dataclass(frozen=True)
class Footprint:
    """Address and length of each range of pages."""

    ranges: tuple[tuple[int, int], ...] = ()

    def take(self) -> None:
        """In a new sandbox, before its lockdown: copies the pages now."""
        with contextlib.suppress(OSError):  # before Linux 5.14 the call copies them itself
            for address, length in self.ranges:
                libc.madvise(address, length, libc.MADV_POPULATE_WRITE)


def measure(work: Callable[[], object], fork: Callable[[], int] = os.fork) -> Footprint:
    """Runs `work` in a fork and returns the pages that it copied.

    Nothing is lost where it cannot be found out: an empty footprint is slower, not wrong.
    """
    memory = private_memory()

    def copied() -> bytes:
        work()
        return b"".join(_RANGE.pack(*found) for found in _copied(memory))

    data = forked.answer(copied, fork)
    return Footprint(tuple(_RANGE.iter_unpack(data[: len(data) // _RANGE.size * _RANGE.size])))


def _copied(memory: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    pages = 0
    pagemap = os.open("/proc/self/pagemap", os.O_RDONLY)
    for start, end in memory:
        data = os.pread(pagemap, (end - start) // _PAGE * _ENTRY, start // _PAGE * _ENTRY)
        entries = np.frombuffer(data, np.uint64)
        own = (entries & _PRESENT_AND_EXCLUSIVE) == _PRESENT_AND_EXCLUSIVE
        edges = np.flatnonzero(np.diff(np.concatenate(([False], own, [False])).astype(np.int8)))
        for first, last in edges.reshape(-1, 2).tolist():
            pages += last - first
            if pages > _MOST_PAGES:
                return found
            found.append((start + first * _PAGE, (last - first) * _PAGE))
    return found
