"""Makes the zygote's own memory cheap to fork.

A fork copies page tables: half a gigabyte of heap in 4 KiB pages costs 12 ms, in huge pages 2 ms.
"""

from __future__ import annotations

import gc
import mmap
from typing import Final

from cloche_server.walls.kernel import libc

_HUGE: Final = 2 << 20
# While a model is loaded: its matrices are mapped, and given back whole once they are elsewhere.
_MAPPED_WHILE_LOADING_BYTES: Final = 4 << 20
# glibc's own largest values. What a pass needs again and again it then keeps, and faults no more.
_MAPPED_BYTES: Final = 32 << 20
_KEPT_FREE_BYTES: Final = 64 << 20


def begin() -> None:
    """Before anything is loaded: keeps what is large, and soon free again, out of the heap."""
    libc.mallopt(libc.M_MMAP_THRESHOLD, _MAPPED_WHILE_LOADING_BYTES)


def settle() -> None:
    """Once, when all is loaded: frees what is free, and gathers the rest into huge pages.

    Objects alive now are out of the garbage collector's sight from here on, in every sandbox: a
    collection there would touch, and so copy, all of them.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    libc.malloc_trim()
    libc.mallopt(libc.M_MMAP_THRESHOLD, _MAPPED_BYTES)
    libc.mallopt(libc.M_TRIM_THRESHOLD, _KEPT_FREE_BYTES)
    for start, end in private_memory():
        _gather(-(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE)


def private_memory() -> list[tuple[int, int]]:
    """Writable anonymous memory, as start and end addresses."""
    found = []
    with open("/proc/self/maps") as lines:
        for line in lines.read().splitlines():
            fields = line.split()
            name = fields[5] if len(fields) > 5 else ""
            if fields[1] == "rw-p" and name in ("", "[heap]"):
                start, _, end = fields[0].partition("-")
                found.append((int(start, 16), int(end, 16)))
    return found


def _gather(start: int, end: int) -> None:
    for address in range(start, end, _HUGE):
        try:
            libc.madvise(address, _HUGE, mmap.MADV_HUGEPAGE)
            libc.madvise(address, _HUGE, libc.MADV_COLLAPSE)
        except OSError:
            continue  # a block the kernel cannot gather stays as it is: slower, not wrong
