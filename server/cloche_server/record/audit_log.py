"""The audit log: every call's beginning and its end, in files that grow and are then left alone.

A line is with the kernel when `begun` or `ended` returns: a server that is killed loses none. What
was running then gets its end, "lost", when the next server opens the log. A machine that loses
power may lose the last lines, those that were not on the disk yet.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cloche_server.identity.spending import Spending
from cloche_server.record import chain
from cloche_server.record.chain import ChainFault, Fields

_FILE_BYTES: Final = 64 << 20
# Of a call that has no end: who it is charged to.
_KEPT: Final = ("verb", "tenant", "token", "account")


class LogTaken(Exception):
    """Another server writes there."""


class AuditLog:
    """For one process and one thread. `spending` is what the log holds of it, and is kept so."""

    def __init__(
        self,
        folder: Path,
        spending: Spending,
        *,
        file_bytes: int = _FILE_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises OSError, LogTaken, or ChainFault where the last file is not as it was written."""
        self._folder = folder
        self._spending = spending
        self._file_bytes = file_bytes
        self._clock = clock
        self._number = 0
        self._before = chain.NO_LINE
        # Calls without an end, by their ids.
        self._open: dict[str, Fields] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (folder / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise LogTaken(f"a server writes to {folder} already") from None
        try:
            self._file, self._size = self._resume()
        except BaseException:
            self._lock.close()
            raise

    def begun(self, call_id: str, fields: Mapping[str, object]) -> None:
        """Raises OSError where it cannot be written: then the call must not be run."""
        self._append({"event": "begun", "call_id": call_id, **fields})
        self._open[call_id] = {name: fields[name] for name in _KEPT if name in fields}

    def ended(self, call_id: str, fields: Mapping[str, object]) -> None:
        """Raises OSError where it cannot be written; the log then says "lost" when it is opened."""
        self._append({"event": "ended", "call_id": call_id, **fields})
        self._open.pop(call_id, None)

    def note(self, event: str, fields: Mapping[str, object]) -> None:
        """What is no call's. Raises OSError."""
        self._append({"event": event, **fields})

    def close(self) -> None:
        """Everything is on the disk. Idempotent."""
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
            self._file = -1
            self._lock.close()

    def _append(self, fields: Fields) -> None:
        if self._size >= self._file_bytes:
            self._rotate()
        self._write(fields)

    def _write(self, fields: Fields) -> None:
        now = self._clock()
        line = chain.line_of(fields, number=self._number + 1, time=now, before=self._before)
        data = line + b"\n"
        try:
            if os.write(self._file, data) != len(data):
                raise OSError("the disk took only a part of a line")
        except OSError:
            # What follows must begin on a line of its own.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)
        self._number += 1
        self._before = chain.digest(line)

    def _rotate(self) -> None:
        """The next file, which says all that is to be known of those before it."""
        number = chain.number_of(chain.files_of(self._folder)[-1]) + 1
        old = self._file, self._size
        self._file, self._size = self._create(number), 0
        try:
            self._write_opened()
        except OSError:
            os.close(self._file)
            (self._folder / chain.file_name(number)).unlink()
            self._file, self._size = old
            raise
        os.fsync(old[0])
        os.close(old[0])

    def _create(self, number: int) -> int:
        path = self._folder / chain.file_name(number)
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY, 0o600)

    def _write_opened(self) -> None:
        self._write({"event": "opened", "open": self._open, "spent": self._spending.snapshot()})

    def _resume(self) -> tuple[int, int]:
        """Reads the last file, cuts off half a line, and ends what has no end."""
        files = chain.files_of(self._folder)
        if files and _is_unborn(files[-1]):
            files.pop().unlink()  # killed while it was being begun: the one before says all
        if not files:
            self._file, self._size = self._create(1), 0
            self._write_opened()
            return self._file, self._size
        last = files[-1]
        cut = self._read(last)
        self._file = os.open(last, os.O_APPEND | os.O_WRONLY)
        self._size = os.fstat(self._file).st_size - cut
        os.ftruncate(self._file, self._size)
        if cut or self._open:
            self._write({"event": "recovered", "cut_bytes": cut})
        for call_id, fields in list(self._open.items()):
            self.ended(call_id, {**fields, "outcome": "lost"})
        return self._file, self._size

    def _read(self, path: Path) -> int:
        """Of how many bytes the half line at its end is. Raises ChainFault."""
        for index, (line, whole) in enumerate(chain.lines_of(path)):
            if not whole:
                return len(line)
            fields = chain.parse(line, f"{path.name}, line {index + 1}")
            if index and fields.get("before") != self._before:
                raise ChainFault(
                    f"{path.name}, line {index + 1} does not follow the line before it; keep the "
                    "files for whoever looks into it, and give the server another directory"
                )
            self._take(fields)
            self._number, self._before = int(fields["number"]), chain.digest(line)
        return 0

    def _take(self, fields: Fields) -> None:
        call_id = str(fields.get("call_id", ""))
        match fields.get("event"):
            case "opened":
                self._open = dict(fields["open"])
                self._spending.restore(fields["spent"])
            case "begun":
                self._open[call_id] = {name: fields[name] for name in _KEPT if name in fields}
            case "ended":
                self._open.pop(call_id, None)
                if fields.get("tenant"):
                    self._spending.charge(
                        tenant=str(fields["tenant"]),
                        account=str(fields.get("account", "")),
                        seconds=float(fields.get("ran_s", 0.0)),
                        at=float(fields["time"]),
                    )


def _is_unborn(path: Path) -> bool:
    return not any(whole for _, whole in chain.lines_of(path))
