"""Another process's memory, read from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 24


def holds(pid: int, secret: bytes) -> bool:
    """Whether `secret` stands anywhere in the memory of a process; false once it has ended.

    Needs power over the process.
    """
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            return any(secret in piece for piece in _pieces(memory.fileno(), pid, len(secret)))
    except (FileNotFoundError, ProcessLookupError):
        return False


def _pieces(memory: int, pid: int, overlap: int) -> Iterator[bytes]:
    for start, end in _resident(pid):
        tail = b""
        for offset in range(start, end, _CHUNK):
            try:
                piece = os.pread(memory, min(_CHUNK, end - offset), offset)
            except OSError:
                break  # a page of the kernel's own, or one that is gone again
            yield tail + piece
            tail = piece[-overlap:]


def _resident(pid: int) -> Iterator[tuple[int, int]]:
    """Mappings of which a page is there. A library's file holds a process's own words only where
    a page of it was written to, and then that page is anonymous."""
    start = end = 0
    counted = ""
    for line in Path(f"/proc/{pid}/smaps").read_text(errors="replace").splitlines():
        fields = line.split(maxsplit=5)
        if "-" in fields[0] and not fields[0].endswith(":"):
            start, end = (int(part, 16) for part in fields[0].split("-"))
            from_disk = fields[5:] and fields[5].startswith("/") and "memfd:" not in fields[5]
            counted = "Anonymous:" if from_disk else "Rss:"
        elif fields[0] == counted and fields[1] != "0":
            yield start, end
