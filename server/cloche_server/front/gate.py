"""The listener of a session's filter: one fork passes for each that was ordered, and no other.

Whatever runs in the session, the kernel holds it at a fork and asks here. A copy has its parent's
filter, so it is held here too, when it announces itself: by then the kernel has said who it is, and
it gets a channel of its own in its parent's place. Anything else that is held here is a forbidden
call: it is never made, and `on_forbidden` is told.
Source: seccomp_unotify(2).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import select
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.kernel import libc
from cloche_server.walls.kernel.forking import ANNOUNCE, FORK_FLAGS
from cloche_server.walls.kernel.lockdown import CHANNEL
from cloche_server.walls.kernel.seccomp import NOTIFICATION
from cloche_server.walls.kernel.syscalls import name_of, number_of

# struct seccomp_notif_resp, and of struct seccomp_notif_addfd what its call reads.
_RESPONSE: Final = struct.Struct("<QqiI")
_ADD_DESCRIPTOR: Final = struct.Struct("<QIIII")
_ID: Final = struct.Struct("<Q")
_RECEIVE: Final = 0xC000_2100 | NOTIFICATION.size << 16
_SEND: Final = 0xC000_2101 | _RESPONSE.size << 16
_ID_VALID: Final = 0x4000_2102 | _ID.size << 16
_ADD: Final = 0x4000_2103 | _ADD_DESCRIPTOR.size << 16
_CONTINUE: Final = 1
# It takes the place of what has this number.
_AT_NUMBER: Final = 1


@dataclass(frozen=True)
class Copy:
    """A process that a granted fork made, held where it announced itself until `release`."""

    pid: int
    #: Stands for the process even when another gets its number.
    pidfd: int
    end: socket.socket
    release: Callable[[], None]


class Gate:
    """Holds a listener until `close`. The loop's thread alone uses it."""

    def __init__(
        self,
        listener: int,
        is_known: Callable[[int], bool],
        on_forbidden: Callable[[int, str], None],
    ) -> None:
        """
        Args:
            is_known: whether a process of this number is there already: it is nobody's copy.
            on_forbidden: is told the thread's number, and the name of the call.
        """
        self._listener = listener
        self._is_known = is_known
        self._on_forbidden = on_forbidden
        self._permitted: int | None = None
        self._expected: asyncio.Future[Copy] | None = None
        self._open = True
        asyncio.get_running_loop().add_reader(listener, self._notified)

    @contextlib.contextmanager
    def permit(self, pid: int) -> Iterator[asyncio.Future[Copy]]:
        """Within: one fork by the process `pid` passes, and its copy is what the future gives."""
        assert self._expected is None  # noqa: S101  # one at a time
        self._permitted = pid
        self._expected = asyncio.get_running_loop().create_future()
        try:
            yield self._expected
        finally:
            self._expected.cancel()
            self._permitted = self._expected = None

    def close(self) -> None:
        """Stop watching. Idempotent."""
        if self._open:
            self._open = False
            asyncio.get_running_loop().remove_reader(self._listener)
            os.close(self._listener)

    def _notified(self) -> None:
        notification = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, notification, True)
        except FileNotFoundError:
            # Whoever was held has been killed in the meantime, or all who had the filter are gone.
            if self._is_deserted():
                self.close()
            return
        number, pid, _, call, _, _, flags, *_ = NOTIFICATION.unpack(notification)
        clone, announce = (number_of(name, libc.MACHINE) for name in ("clone", ANNOUNCE))
        if call == clone and self._spend(pid, flags):
            self._answer(number, 0, _CONTINUE)
        elif call == announce and self._expects(pid) and self._take(number, pid):
            return
        else:
            self._on_forbidden(pid, name_of(call, libc.MACHINE))

    def _spend(self, pid: int, flags: int) -> bool:
        if self._permitted is None or pid != self._permitted:
            return False
        self._permitted = None
        return flags & 0xFFFF_FFFF == FORK_FLAGS

    def _expects(self, pid: int) -> bool:
        """The permit is spent, who came of it has not been seen, and this may be it."""
        expected = self._expected
        unseen = expected is not None and self._permitted is None and not expected.done()
        return unseen and not self._is_known(pid)

    def _take(self, number: int, pid: int) -> bool:
        """Gives the copy its channel; false where it is no process, or not any more."""
        assert self._expected is not None  # noqa: S101  # asked before
        try:
            pidfd = os.pidfd_open(pid)  # refuses a thread that is not its process's first
        except OSError:
            return False
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                # Its number was its own until now: the descriptor is of who is held here.
                fcntl.ioctl(self._listener, _ID_VALID, _ID.pack(number))
                request = _ADD_DESCRIPTOR.pack(number, _AT_NUMBER, theirs.fileno(), CHANNEL, 0)
                fcntl.ioctl(self._listener, _ADD, request)
        except OSError:
            os.close(pidfd)
            ours.close()
            return False
        self._expected.set_result(Copy(pid, pidfd, ours, lambda: self._answer(number, CHANNEL, 0)))
        return True

    def _answer(self, number: int, value: int, flags: int) -> None:
        with contextlib.suppress(OSError):  # it was killed meanwhile
            fcntl.ioctl(self._listener, _SEND, _RESPONSE.pack(number, value, 0, flags))

    def _is_deserted(self) -> bool:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        return any(event & select.POLLHUP for _, event in poll.poll(0))
