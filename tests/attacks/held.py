"""What a process holds that it should not: seen in /proc, not asked of the process.

Reading another process's descriptors and mappings takes the right to trace it; where that is
missing, `holdings` raises and the tests that need it say so.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_EXECUTABLE: Final = re.compile(r"^(\S+) (..x.) \S+ \S+ (\d+) *(.*)$", re.MULTILINE)
_MEMORY: Final = ("RssAnon", "RssShmem", "VmPTE")


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """A process at one moment."""

    descriptors: frozenset[str]
    executable: frozenset[str]
    namespaces: frozenset[str]
    user: str
    seccomp: str
    children: int
    # Its own pages, shared ones and the tables that map them.
    memory_bytes: int


def holdings(pid: int) -> Holdings:
    """Raises OSError: the process is gone, or may not be looked at."""
    home = Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (home / "status").read_text().splitlines() if ":" in line
    )
    if status["State"].split()[0] in ("Z", "X"):
        raise ProcessLookupError(pid)
    return Holdings(
        descriptors=_links(home / "fd"),
        executable=frozenset(_executable(home)),
        namespaces=_links(home / "ns"),
        user=status["Uid"].strip(),
        seccomp=status["Seccomp"].strip(),
        children=len(children(pid)),
        memory_bytes=sum(_kilobytes(status.get(name)) << 10 for name in _MEMORY),
    )


def available_bytes() -> int:
    """Of the whole machine: memory that is taken in any way, also by what no process is told of."""
    with open("/proc/meminfo") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    raise OSError("/proc/meminfo has no MemAvailable")


def children(pid: int) -> list[int]:
    """Of its first thread: nothing of ours makes processes on another."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        # gVisor has no such file; every process says who its parent is, which takes longer.
        with contextlib.suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(pid).children()]
        return []
    return [int(each) for each in found.split()]


def gained(before: Holdings, now: Holdings) -> str | None:
    """What a process came to hold, or None."""
    for what in ("descriptors", "executable", "namespaces"):
        new = getattr(now, what) - getattr(before, what)
        if new:
            return f"a process came to hold {what}: {', '.join(sorted(new))}"
    if now.user != before.user:
        return f"a process became another user: {now.user}"
    if now.seccomp == "0" != before.seccomp:  # 3 is a process that its filter has killed
        return "a process took its filter off"
    if now.children > before.children:
        return f"a process has {now.children} children"
    return None


def _links(folder: Path) -> frozenset[str]:
    found = set()
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            # With its number: two epoll sets have the same text.
            found.add(f"{entry.name} {os.readlink(entry.path)}")
    return frozenset(found)


def _kilobytes(text: str | None) -> int:
    """A process that has just ended has no memory to speak of."""
    return int(text.split()[0]) if text else 0


def _executable(home: Path) -> list[str]:
    """Executable mappings of no file, or writable: where code of its own could run."""
    found = []
    for where, rights, inode, name in _EXECUTABLE.findall((home / "maps").read_text()):
        if (inode == "0" or "w" in rights) and name not in ("[vdso]", "[vsyscall]"):
            found.append(f"{where} {rights}")
    return found
