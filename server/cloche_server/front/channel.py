"""The front's end of the pipe to one sandbox. Whatever comes out of it is hostile.

Bounds: a frame's length is checked before it is awaited; its message is validated before it is
returned; nothing is read that nobody asks for, so a sandbox that floods waits; and however much
there is to read, everybody else gets their turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

import msgspec

from cloche_server.ipc import job

_READ_BYTES: Final = 1 << 18
# After a piece of a result there is most likely another: its head, and little of it, is read first.
_HEAD_BYTES: Final = 1 << 12
_MOST_AT_ONCE: Final = 256


class ChannelClosed(Exception):
    """The sandbox's end is closed: it ended, or is about to."""


class ProtocolViolation(Exception):
    """The sandbox sent what no sandbox of ours sends."""


class Channel:
    """One reader and one writer at a time."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._pending = bytearray()
        # A piece of the result that is on its way, and how much of it is here.
        self._piece: bytearray | None = None
        self._filled = 0
        self._total = 0
        self._read_bytes = _READ_BYTES

    async def receive_greeting(self) -> int | None:
        """A sandbox's first byte, and the listener of its filter where the kernel has one.

        Raises:
            ChannelClosed: the sandbox's end is closed.
        """
        loop = asyncio.get_running_loop()
        while True:
            try:
                greeting, descriptors, _, _ = socket.recv_fds(self._end, 1, 1)
            except BlockingIOError:
                await _readable(loop, self._end)
            except OSError as error:
                raise ChannelClosed from error
            else:
                break
        if not greeting:
            raise ChannelClosed
        return descriptors[0] if descriptors else None

    async def send(self, message: job.ToSandbox | job.ToSession) -> None:
        """Raises ChannelClosed."""
        await self.send_bytes(job.frame(message))

    async def send_bytes(self, data: bytes | memoryview) -> None:
        """What follows a job; waits for the sandbox to take it. Raises ChannelClosed."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._end, data)
        except OSError as error:
            raise ChannelClosed from error

    async def receive(self) -> list[job.FromSandbox]:
        """Waits for at least one message, and returns with it what came along, up to a bound.

        Raises:
            ChannelClosed: the sandbox's end is closed.
            ProtocolViolation: a frame is too long or holds no valid message.
        """
        while True:
            # Neither what is here already nor what can be read at once would let others run.
            await asyncio.sleep(0)
            if messages := self._take():
                return messages
            await self._read()

    def hang_up(self) -> None:
        """Wakes whoever waits in `receive`, with ChannelClosed; `close` alone would not."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._end.close()

    async def _read(self) -> None:
        """Raises ChannelClosed."""
        loop = asyncio.get_running_loop()
        try:
            if self._piece is not None:
                # To where it stays: a large result is copied as seldom as can be.
                with memoryview(self._piece) as room:
                    count = await loop.sock_recv_into(self._end, room[self._filled :])
                self._filled += count
            else:
                data = await loop.sock_recv(self._end, self._read_bytes)
                count = len(data)
                self._pending += data
                self._read_bytes = _READ_BYTES
        except OSError as error:
            raise ChannelClosed from error
        if not count:
            raise ChannelClosed

    def _begin_piece(self, size: int, start: int) -> int:
        """Takes the head, and what is there of the piece; returns where that ends."""
        _, self._total = job.PIECE_HEAD.unpack_from(self._pending, start)
        start += job.PIECE_HEAD.size
        self._piece = bytearray(size)
        end = min(start + size, len(self._pending))
        self._filled = end - start
        self._piece[: self._filled] = self._pending[start:end]
        return end

    def _take(self) -> list[job.FromSandbox]:
        """The first whole frames that are there; they leave the buffer."""
        messages: list[job.FromSandbox] = []
        start = 0
        header = job.LENGTH.size
        while len(messages) < _MOST_AT_ONCE:
            if self._piece is not None:
                if self._filled < len(self._piece):
                    break
                messages.append(job.Chunk(self._piece, self._total))
                self._piece = None
                self._read_bytes = _HEAD_BYTES
            if len(self._pending) - start < header:
                break
            (length,) = job.LENGTH.unpack_from(self._pending, start)
            if length & job.PIECE:
                size = length & ~job.PIECE
                if not 0 < size <= job.CHUNK_BYTES:
                    raise ProtocolViolation(f"a piece of {size} bytes")
                if len(self._pending) - start < job.PIECE_HEAD.size:
                    break
                start = self._begin_piece(size, start)
                continue
            if length > job.MAX_FRAME_FROM_SANDBOX:
                raise ProtocolViolation(f"a frame of {length} bytes")
            end = start + header + length
            if len(self._pending) < end:
                break
            try:
                messages.append(job.unpack_from_sandbox(bytes(self._pending[start + header : end])))
            except (msgspec.MsgspecError, ValueError, MemoryError, RecursionError) as error:
                raise ProtocolViolation(f"not a message: {error}") from None
            start = end
        del self._pending[:start]
        return messages


async def _readable(loop: asyncio.AbstractEventLoop, end: socket.socket) -> None:
    """asyncio receives bytes, but not the descriptors that come with them."""
    there: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not there.done():
            there.set_result(None)

    loop.add_reader(end, wake)
    try:
        await there
    finally:
        loop.remove_reader(end)
