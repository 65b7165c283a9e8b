"""One address does not use up the connections that all addresses share.

gRPC has a most for all connections together, and none for those of one origin: whoever opens so
many and says nothing keeps all others out. So before there are as many, those of the largest origin
that carry no call are closed. A caller that meant well connects again by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from cloche_server.front.peers import origin

_LOOK_S: Final = 0.25
# Of the most: from so many on it is looked who has them, and so many are left to one origin then.
_MANY: Final = 0.75
_LEFT: Final = 0.5
_MAPPED: Final = "::ffff:"


@dataclass(frozen=True, eq=False)
class _Connection:
    peer: str
    end: socket.socket


class Connections:
    """Looks at the process's own sockets; those of the Internet are callers' connections."""

    def __init__(self, most: int) -> None:
        self._most = most

    async def keep(self, served: Callable[[], Collection[str]]) -> None:
        """Until it is cancelled.

        Args:
            served: gRPC's names of the connections that carry a call now.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOK_S)
            # Cheap, and at least as much as there are connections.
            if len(os.listdir("/proc/self/fd")) > self._most * _MANY:
                await loop.run_in_executor(None, self.close_idle, frozenset(served()))

    def close_idle(self, served: Collection[str]) -> int:
        """Returns how many were closed."""
        with contextlib.ExitStack() as stack:
            of_origins: dict[str, list[_Connection]] = defaultdict(list)
            count = 0
            for connection in _connections(stack):
                of_origins[origin(connection.peer)].append(connection)
                count += 1
            if count <= self._most * _MANY:
                return 0
            largest = max(of_origins.values(), key=len)
            idle = [each for each in largest if each.peer not in served]
            closed = idle[: max(0, len(largest) - int(self._most * _LEFT))]
            for connection in closed:
                with contextlib.suppress(OSError):  # its caller was faster
                    connection.end.shutdown(socket.SHUT_RDWR)
            return len(closed)


def _connections(stack: contextlib.ExitStack) -> Iterator[_Connection]:
    """Each by a descriptor of ours: gRPC's own may be closed and be another's at any moment."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if not os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                continue
            end = stack.enter_context(socket.socket(fileno=os.dup(int(name))))
            if end.family in (socket.AF_INET, socket.AF_INET6):
                yield _Connection(_peer(end.getpeername()), end)


def _peer(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """As gRPC names it."""
    host, port = address[:2]
    if ":" not in host or host.startswith(_MAPPED):
        return f"ipv4:{host.removeprefix(_MAPPED)}:{port}"
    return f"ipv6:%5B{host}%5D:{port}"
