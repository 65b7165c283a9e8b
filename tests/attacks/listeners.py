"""Sockets that nobody may reach: what arrives there is an effect."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path
from typing import Any


class Listeners:
    """One listening socket for each way out, all on this machine."""

    def __init__(self, folder: Path) -> None:
        name = f"cloche-{secrets.token_hex(8)}"
        self.facts: dict[str, Any] = {"abstract": name, "unix": str(folder / "socket")}
        self._sockets: dict[str, socket.socket] = {}
        self._open("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._open("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._open("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}")
        self._open("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket"))
        os.chmod(folder / "socket", 0o777)
        with contextlib.suppress(OSError):  # a machine without IPv6 has nothing to reach there
            self._open("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))

    def heard(self) -> str | None:
        """Which of them somebody reached since the last time."""
        found = None
        for name, listener in self._sockets.items():
            with contextlib.suppress(BlockingIOError):
                while True:
                    if listener.type == socket.SOCK_STREAM:
                        listener.accept()[0].close()
                    else:
                        listener.recv(1 << 16)
                    found = f"the network was reached: {name}"
        return found

    def close(self) -> None:
        for each in self._sockets.values():
            each.close()

    def _open(self, name: str, family: int, kind: int, address: Any) -> None:
        opened = socket.socket(family, kind)
        try:
            opened.bind(address)
        except OSError:
            opened.close()
            raise
        opened.setblocking(False)
        if kind == socket.SOCK_STREAM:
            opened.listen(64)
        if family in (socket.AF_INET, socket.AF_INET6):
            self.facts[name] = opened.getsockname()[1]
        self._sockets[name] = opened
