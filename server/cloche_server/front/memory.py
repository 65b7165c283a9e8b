"""How much memory of its own a sandbox holds, as the kernel counts it.

Source: proc_pid_status(5).
"""

from __future__ import annotations

import errno
import os
from typing import Final

# Pages of its own, written or copied on write; the same where the machine has swapped them out; and
# the tables that map pages: a few bytes here and there in a wide address space take a page of table
# each, and neither an address-space limit nor a count of pages sees them.
_COUNTED: Final = (b"RssAnon:", b"VmSwap:", b"VmPTE:")
_ALL_BYTES: Final = 1 << 14


class MemoryMeter:
    """For one process, which waits now: what it holds at this moment is not counted.

    Its file is open from the start: a reading later needs nothing new, and so cannot fail for want
    of descriptors.

    Raises:
        OSError: there is no such process, or no descriptor left.
    """

    def __init__(self, pid: int) -> None:
        self._file = open(f"/proc/{pid}/status", "rb", buffering=0)  # noqa: SIM115  # see close
        before = self._read()
        if before is None:
            self.close()
            raise ProcessLookupError(errno.ESRCH, f"process {pid} has ended")
        self._before = before

    def grown_bytes(self) -> int | None:
        """None once there is nothing to count: the process has ended, or its first thread has,
        behind which others may go on unseen.

        Raises:
            OSError: it cannot be told.
        """
        now = self._read()
        return None if now is None else now - self._before

    def close(self) -> None:
        """Again: nothing happens."""
        self._file.close()

    def _read(self) -> int | None:
        try:
            text = os.pread(self._file.fileno(), _ALL_BYTES, 0)
        except ProcessLookupError:
            return None
        found = [line.split() for line in text.splitlines() if line.startswith(_COUNTED)]
        if not found:
            return None
        if len(found) != len(_COUNTED):
            raise OSError(errno.ENODATA, "the kernel does not say how much memory a process holds")
        return sum(int(line[1]) for line in found) * 1024
