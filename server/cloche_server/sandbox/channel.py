"""The sandbox's end of its pipe to the front: plain reads and writes on one descriptor."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence

from cloche_server.ipc import job


class Channel:
    """Blocking: a sandbox waits while the front is slow. Several threads may send."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._sending = threading.Lock()

    def send(self, message: job.Message) -> None:
        """Raises BrokenPipeError when the front has gone."""
        with self._sending:
            self._write(job.frame(message))

    def send_result(self, parts: Sequence[bytes | bytearray | memoryview]) -> None:
        """The whole result, from where its parts lie. Raises BrokenPipeError as `send`."""
        total = sum(map(len, parts))
        sent = 0
        with self._sending:
            for part in _cut(parts):
                # A part never goes over the end of a piece.
                if sent % job.CHUNK_BYTES == 0:
                    self._write(job.piece_head(min(job.CHUNK_BYTES, total - sent), total))
                self._write(part)
                sent += len(part)

    def receive(self) -> job.ToSandbox | None:
        """The job, or None when the front has closed its end instead."""
        body = self._body()
        return None if body is None else job.unpack_to_sandbox(body)

    def receive_in_session(self) -> job.ToSession | None:
        """As `receive`, of a session."""
        body = self._body()
        return None if body is None else job.unpack_to_session(body)

    def quiet(self) -> threading.Lock:
        """While it is held nothing is sent: a fork must not copy a thread's hold on it."""
        return self._sending

    def wait_for_end(self) -> None:
        """Returns when the front has closed its end, or this process is killed, as it will be."""
        while os.read(self._descriptor, 1):
            pass

    def receive_bytes(self, count: int) -> Iterator[bytes]:
        """What follows a job. Ends early when the front has closed its end."""
        while count and (part := os.read(self._descriptor, min(count, 1 << 20))):
            count -= len(part)
            yield part

    def wait_for_go(self) -> None:
        """Returns at once where the front has closed its end: what is sent then fails."""
        self._read(len(job.GO))

    def _body(self) -> bytes | None:
        """Of the next message."""
        header = self._read(job.LENGTH.size)
        return None if header is None else self._read(*job.LENGTH.unpack(header))

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def _read(self, count: int) -> bytes | None:
        data = b"".join(self.receive_bytes(count))
        return data if len(data) == count else None


def _cut(parts: Sequence[bytes | bytearray | memoryview]) -> Iterator[memoryview]:
    """The same bytes, cut wherever a piece ends."""
    room = job.CHUNK_BYTES
    for part in parts:
        view = memoryview(part)
        while view:
            yield view[:room]
            view, room = view[room:], room - len(view[:room]) or job.CHUNK_BYTES
