"""Told by the kernel when a sandbox tries a forbidden system call, and which.

The kernel has stopped the caller before the call was made and waits for an answer. None is ever
given: whoever made a forbidden call is killed where it stands.
Source: seccomp_unotify(2).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from typing import Final

from cloche_server.walls.kernel import libc
from cloche_server.walls.kernel.seccomp import NOTIFICATION
from cloche_server.walls.kernel.syscalls import name_of

# _IOWR('!', 0, struct seccomp_notif)
_RECEIVE: Final = 0xC000_2100 | NOTIFICATION.size << 16


class Witness:
    """Holds one sandbox's listener until `close`; `on_call` is told the call's name, once."""

    def __init__(self, listener: int, on_call: Callable[[str], None]) -> None:
        self._listener = listener
        self._open = True
        self._on_call = on_call
        asyncio.get_running_loop().add_reader(listener, self._notified)

    def close(self) -> None:
        """Stop watching. Idempotent."""
        if self._open:
            self._open = False
            asyncio.get_running_loop().remove_reader(self._listener)
            os.close(self._listener)

    def _notified(self) -> None:
        asyncio.get_running_loop().remove_reader(self._listener)
        notification = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, notification, True)
        except OSError:
            return  # the caller is gone, and its filter with it: nothing more will come
        number = NOTIFICATION.unpack(notification)[3]
        self._on_call(name_of(number, libc.MACHINE))
