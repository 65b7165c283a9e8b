"""Measure what the front itself takes of the machine's memory, and keep that small.

The budget counts what has been read. What gRPC has of messages on their way, and what malloc keeps
of those that have gone, only the kernel counts.
"""

from __future__ import annotations

import os
import resource
from typing import Final

from cloche_server.walls.kernel import libc

# Of what the front may take: beyond it, little more is begun.
_TIGHT: Final = 0.8
# gRPC's pieces are smaller than what malloc maps apart, and are freed by other threads than took
# them. By default each thread keeps what is free of its own, and ever larger blocks are kept too.
_KEPT_FREE_BYTES: Final = 1 << 16
_MAPPED_FROM_BYTES: Final = 1 << 17
_ARENAS: Final = 2


def return_what_is_freed() -> None:
    """Has malloc give memory back to the machine when it is freed, in this process."""
    libc.mallopt(libc.M_ARENA_MAX, _ARENAS)
    libc.mallopt(libc.M_TRIM_THRESHOLD, _KEPT_FREE_BYTES)
    libc.mallopt(libc.M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)


class Resident:
    """The process's own memory, which is to stay below `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self._tight_bytes = int(most_bytes * _TIGHT)
        self._page_bytes = resource.getpagesize()
        # Held open: it is read for each request, and without a descriptor there would be no bound.
        self._file = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def is_tight(self) -> bool:
        """Whether the process has come close to what it may take."""
        pages = int(os.pread(self._file, 256, 0).split()[1])
        return pages * self._page_bytes > self._tight_bytes

    def close(self) -> None:
        """Once."""
        os.close(self._file)
