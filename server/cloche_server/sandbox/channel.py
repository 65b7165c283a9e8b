"""The sandbox's end of its pipe to the front: plain reads and writes on one descriptor."""

from __future__ import annotations

import os

from cloche_server.ipc import job


class Channel:
    """Blocking, and for one thread at a time: a sandbox waits while the front is slow."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, message: job.FromSandbox) -> None:
        """Raises BrokenPipeError when the front has gone."""
        rest = memoryview(job.frame(message))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def receive(self) -> job.ToSandbox | None:
        """The job, or None when the front has closed its end instead."""
        header = self._read(job.LENGTH.size)
        if header is None:
            return None
        (length,) = job.LENGTH.unpack(header)
        body = self._read(length)
        return None if body is None else job.unpack_to_sandbox(body)

    def _read(self, count: int) -> bytes | None:
        parts: list[bytes] = []
        while count:
            part = os.read(self._descriptor, min(count, 1 << 20))
            if not part:
                return None
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
