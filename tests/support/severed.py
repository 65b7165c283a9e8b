"""A way to a server that can be cut, as a proxy, a firewall or the server itself would."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

# HTTP/2, RFC 9113: GOAWAY, last stream 0, ENHANCE_YOUR_CALM, and what gRPC calls this.
_REASON = (0).to_bytes(4, "big") + (0xB).to_bytes(4, "big") + b"too_many_pings"
TOO_MANY_PINGS = len(_REASON).to_bytes(3, "big") + b"\x07\x00" + (0).to_bytes(4, "big") + _REASON


@dataclass
class Severed:
    """Passes TCP connections on to `there`; `cut` ends those that are open now."""

    there: tuple[str, int]
    address: str = ""
    _frozen: threading.Event = field(default_factory=threading.Event)
    _open: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)

    def cut(self, last_words: bytes = b"") -> int:
        """Returns how many connections it ended; the client is sent `last_words` before."""
        ended = len(self._open)
        for client, server in self._open:
            if last_words:
                client.sendall(last_words)
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        return ended

    def freeze(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self._frozen.set()

    def serve(self, listener: socket.socket) -> None:
        """Until the listener is closed."""
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.there)
            self._open.append((client, server))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=_pass, args=(one, other, self._frozen), daemon=True).start()


@contextlib.contextmanager
def severed(address: str) -> Iterator[Severed]:
    """A way to the server at `address`, "host:port"."""
    host, _, port = address.rpartition(":")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        way = Severed((host, int(port)), f"127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=way.serve, args=(listener,), daemon=True).start()
        try:
            yield way
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            way.cut()


def _pass(one: socket.socket, other: socket.socket, frozen: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(1 << 16):
            if not frozen.is_set():
                other.sendall(data)
    for end in (one, other):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    one.close()
