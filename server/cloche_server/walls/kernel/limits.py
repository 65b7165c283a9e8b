"""Resource limits: what a sandbox can never have more of, whatever it calls.

RLIMIT_AS stops memory of every kind but copies of pages that were there before the call (bounded by
the size of the model and the heap) and tables of pages; the front watches those
(`front/memory.py`). Source: getrlimit(2).
"""

from __future__ import annotations

import math
import os
import resource
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.kernel import libc

# Room for OpenMP, autograd and the technique's own threads; a thread bomb ends here. The count is
# a user namespace's; without one, siblings and the user's other processes count too, and there the
# address space (a stack each) is what bounds threads.
_MAX_THREADS: Final = 256
# Address space is not memory: each thread reserves a stack and a malloc arena that it hardly uses.
_RESERVED_BYTES: Final = 1 << 30


_PR_SET_THP_DISABLE: Final = 41
# Looked for once: a sandbox whose root is empty already sees no file.
_HAS_HUGE_PAGES: Final = os.path.exists("/sys/kernel/mm/transparent_hugepage")


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """What one call may add to what its process has when it is forked."""

    memory_bytes: int
    cpu_s: float


def lower_to(ceiling: Ceiling, *, address_space_bytes: int) -> None:
    """Lowers the calling process's limits; they can never be raised again.

    Needs no file, so that a sandbox can lower its limits to what its call asks for after it is
    locked down; `address_space_bytes` was read before.
    """
    _lower(resource.RLIMIT_AS, address_space_bytes + _RESERVED_BYTES + ceiling.memory_bytes)
    _lower(resource.RLIMIT_CPU, math.ceil(ceiling.cpu_s))


def set_fixed() -> None:
    """The limits that are the same for every call."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, 16)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    _lower(resource.RLIMIT_NPROC, _MAX_THREADS)
    # Threads of the technique's libraries take their stacks' size from this.
    _lower(resource.RLIMIT_STACK, 8 << 20)


def no_huge_pages() -> None:
    """Also in memory that the zygote marked for them, and where the machine makes all pages huge.

    A huge page that is unmapped but for 4 KiB stays taken, and counts as 4 KiB.
    """
    try:
        libc.prctl(_PR_SET_THP_DISABLE, 1)
    except OSError:
        if _HAS_HUGE_PAGES:
            raise  # gVisor has neither


def go_first() -> None:
    """Tells the kernel whom to end when memory runs out."""
    descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    try:
        os.write(descriptor, b"1000")
    finally:
        os.close(descriptor)


def address_space_bytes() -> int:
    """Of this process, now."""
    with open("/proc/self/status", "rb") as lines:
        for line in lines:
            if line.startswith(b"VmSize:"):
                return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmSize")


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (capped, capped))
