"""Another process's memory, read from outside."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

_CHUNK = 1 << 24


@contextlib.contextmanager
def growth(process: psutil.Process) -> Iterator[Callable[[], int]]:
    """Gives the most bytes that a process grew by so far, as sampled 200 times a second."""
    before = most = process.memory_info().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.005):
            most = max(most, process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield lambda: most - before
    finally:
        done.set()
        watching.join()


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
