"""Modal's tunnels: a public port that ends TLS, and passes bytes on to a port of a container.

Nothing on the way knows who is calling.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.support.modal_edge import join


class Relay:
    """Opens tunnels as they are asked for; all are gone with it."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate, key)
        self._tls.set_alpn_protocols(["h2"])
        self._loop = asyncio.new_event_loop()
        # Public ports, by the ports of containers.
        self.ports: dict[int, int] = {}
        self._servers: list[asyncio.Server] = []

    def open(self, port: int) -> tuple[str, int]:
        """Another public port each time, as Modal gives another name."""
        opened = asyncio.run_coroutine_threadsafe(self._listen(port), self._loop)
        self.ports[port] = opened.result(10)
        return "localhost", self.ports[port]

    async def _listen(self, port: int) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                inside = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.close()
            else:
                await join((reader, writer), inside)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=self._tls)
        self._servers.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found

    def run(self) -> None:
        self._loop.run_forever()
        for server in self._servers:
            server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextlib.contextmanager
def running(certificate: Path, key: Path) -> Iterator[Relay]:
    """Serves in a thread of its own."""
    relay = Relay(certificate, key)
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.close()
        thread.join(10)
