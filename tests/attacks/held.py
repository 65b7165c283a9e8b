"""What a process holds that it should not: seen in /proc, not asked of the process.

Reading another process's descriptors and mappings takes the right to trace it; where that is
missing, `holdings` raises and the tests that need it say so.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    children = (home / "task" / str(pid) / "children").read_text().split()
    return Holdings(
        descriptors=_links(home / "fd"),
        executable=frozenset(_executable(home)),
        namespaces=_links(home / "ns"),
        user=status["Uid"].strip(),
        seccomp=status["Seccomp"].strip(),
        children=len(children),
        memory_bytes=sum(int(status[name].split()[0]) << 10 for name in _MEMORY),
    )


def gained(before: Holdings, now: Holdings) -> str | None:
    """What a process came to hold, or None."""
    for what in ("descriptors", "executable", "namespaces"):
        new = getattr(now, what) - getattr(before, what)
        if new:
            return f"a process came to hold {what}: {', '.join(sorted(new))}"
    if now.user != before.user:
        return f"a process became another user: {now.user}"
    if now.seccomp != before.seccomp:
        return "a process took its filter off"
    if now.children > before.children:
        return f"a process has {now.children} children"
    return None


def _links(folder: Path) -> frozenset[str]:
    found = set()
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            found.add(os.readlink(entry.path))
    return frozenset(found)


def _executable(home: Path) -> list[str]:
    """Executable mappings of no file: where machine code of its own could run."""
    found = []
    for line in (home / "maps").read_text().splitlines():
        where, rights, _, _, inode, *name = line.split(maxsplit=5)
        if "x" in rights and (inode == "0" or "w" in rights) and name[:1] not in (
            ["[vdso]"], ["[vsyscall]"],
        ):  # fmt: skip
            found.append(f"{where} {rights}")
    return found
