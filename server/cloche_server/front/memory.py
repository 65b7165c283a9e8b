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
_STATUS: Final = (b"RssAnon:", b"VmSwap:", b"VmPTE:")
# gVisor has no such lines, no swap and no page tables. The sum of these, one for each mapping, is
# the first number; it is dear to ask for.
_SMAPS: Final = (b"Anonymous:",)
_READ_BYTES: Final = 1 << 16


class MemoryMeter:
    """For one process, which waits now: what it holds at this moment is not counted.

    Its file is open from the start: a reading later needs nothing new, and so cannot fail for want
    of descriptors.

    Raises:
        OSError: there is no such process, no descriptor left, or the kernel does not say.
    """

    def __init__(self, pid: int) -> None:
        self._open(pid, "status", _STATUS)
        if not self._lines():
            self.close()
            self._open(pid, "smaps", _SMAPS)
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

    def _open(self, pid: int, name: str, counted: tuple[bytes, ...]) -> None:
        self._file = open(f"/proc/{pid}/{name}", "rb", buffering=0)  # noqa: SIM115  # see close
        self._counted = counted

    def _read(self) -> int | None:
        found = [line.split() for line in self._lines()]
        if not found:
            return None
        if not {line[0] for line in found}.issuperset(self._counted):
            raise OSError(errno.ENODATA, "the kernel does not say how much memory a process holds")
        return sum(int(line[1]) for line in found) * 1024

    def _lines(self) -> list[bytes]:
        text = b""
        try:
            while piece := os.pread(self._file.fileno(), _READ_BYTES, len(text)):
                text += piece
        except ProcessLookupError:
            return []
        return [line for line in text.splitlines() if line.startswith(self._counted)]
