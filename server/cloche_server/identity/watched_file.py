"""A small file that somebody else replaces: read again when it has changed, and only then."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

Value = TypeVar("Value")
#: What changes with a file that is replaced or written again.
Stamp: TypeAlias = tuple[int, int, int]


class WatchedFile(Generic[Value]):
    """What `read` makes of the file's bytes. A look is one `stat`, some microseconds."""

    def __init__(self, path: Path, read: Callable[[bytes], Value]) -> None:
        self.path = path
        self._read = read
        self._seen: Stamp | None = None
        self._value: Value | None = None

    def value(self) -> Value:
        """Raises OSError, and what `read` raises, each time for as long as it is so."""
        seen = stamp(os.stat(self.path))
        if seen != self._seen or self._value is None:
            with open(self.path, "rb") as file:
                # Of what was opened: the name may be another file's by now.
                seen = stamp(os.fstat(file.fileno()))
                self._seen = None
                self._value = self._read(file.read())
            self._seen = seen
        return self._value


def require_only_ours(path: Path) -> None:
    """Raises OSError where others than its owner may write there: who can may let anybody in."""
    found = os.stat(path)
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError(f"{path} can be written by others; chmod go-w it")
    if found.st_uid not in (os.geteuid(), 0):
        raise OSError(f"{path} belongs to another user; it must be this user's or root's")


def stamp(found: os.stat_result) -> Stamp:
    """Compare it to know whether a file is still what was read."""
    return found.st_ino, found.st_mtime_ns, found.st_size
