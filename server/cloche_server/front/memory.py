"""Measure the memory of its own that a sandbox holds, as the kernel counts it.

Source: proc_pid_status(5).
"""

from __future__ import annotations

import errno
import os
import time
from typing import Final

# Where to look for what, the first that a kernel has. Pages of its own, written or copied on write;
# the same where the machine has swapped them out; and the tables that map pages: a few bytes here
# and there in a wide address space take a page of table each, and neither an address-space limit
# nor a count of pages sees them. gVisor has no such lines, and keeps no such tables; the sum over
# all mappings is the same number, and expensive.
_SOURCES: Final = (
    ("status", (b"RssAnon:", b"VmSwap:", b"VmPTE:")),
    ("smaps", (b"Anonymous:",)),
)
_READ_BYTES: Final = 1 << 16
# The kernel gives what it has of a long file a page at a time.
_SHORT_BYTES: Final = 1 << 11
_CPUCLOCK_SCHED: Final = 2


class MemoryMeter:
    """For one process, which waits now: what it holds at this moment is not counted.

    Its file is open from the start: a reading later needs nothing new, and so cannot fail for want
    of descriptors.

    Raises:
        OSError: there is no such process, or no descriptor left.
    """

    def __init__(self, pid: int, *, beside: MemoryMeter | None = None) -> None:
        """Args: beside: of the process that this one is a fork of: it counts from where that does,
        so that what both hold counts for each.
        """
        self._before = 0
        # The clock of a process's processor time is made of its number: clock_gettime(2).
        self._cpu_clock = ~pid << 3 | _CPUCLOCK_SCHED
        for name, counted in _SOURCES:
            self._counted = counted
            self._file = open(f"/proc/{pid}/{name}", "rb", buffering=0)  # noqa: SIM115  # see close
            before = self._read()
            if before is not None:
                self._before = before if beside is None else beside._before
                return
            self.close()
        raise ProcessLookupError(errno.ESRCH, f"process {pid} has ended")

    def grown_bytes(self) -> int | None:
        """None once there is nothing to count: the process has ended, or its first thread has,
        behind which others may go on unseen.

        Raises:
            OSError: it cannot be told.
        """
        now = self._read()
        return None if now is None else now - self._before

    def cpu_s(self) -> float:
        """Processor time that the process has used; 0 where the kernel does not say (gVisor)."""
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0.0

    def close(self) -> None:
        """Idempotent."""
        self._file.close()

    def _read(self) -> int | None:
        total, told = 0, False
        for line in self._lines():
            if line.startswith(self._counted):
                total += int(line.split()[1]) * 1024
                told = True
        return total if told else None

    def _lines(self) -> list[bytes]:
        parts: list[bytes] = []
        length = 0
        try:
            while part := os.pread(self._file.fileno(), _READ_BYTES, length):
                parts.append(part)
                length += len(part)
                if len(part) < _SHORT_BYTES:
                    break  # `status` comes in one piece; a call more is a turn of the loop's more
        except ProcessLookupError:
            return []
        return b"".join(parts).splitlines()
