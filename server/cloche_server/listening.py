"""Let gRPC servers listen: the options of the front and of the gate before it, and why it fails."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Final

import grpc

Option = tuple[str, int]

LISTENING: Final[tuple[Option, ...]] = (
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
    # No gzip: gRPC inflates a message whole, however large, before its size is looked at.
    ("grpc.compression_enabled_algorithms_bitset", 1),
    # Clients ping during long silent calls, and idle ones too; by default that is abuse, and gRPC
    # ends the connection with all calls on it. A ping costs less than the empty call that anyone
    # may make as well.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_ping_strikes", 0),
)

_SOCKET_PATH_BYTES: Final = 107
_WHY_NOT: Final = {
    errno.EADDRINUSE: "another process listens there; end it, or choose another port",
    errno.EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 is all that it has",
    errno.EACCES: "ports below 1024 are for root; choose another",
}


def bind(
    server: grpc.aio.Server, address: str, credentials: grpc.ServerCredentials | None = None
) -> None:
    """Raises OSError with what is wrong; gRPC says the same of all that may be.

    Args:
        credentials: of TLS; None: none.
    """
    try:
        if credentials is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, credentials)
        if port == 0:
            raise OSError("gRPC refuses it")
    except (OSError, RuntimeError):
        path = address.removeprefix("unix:")
        if path != address:
            _require_room_for_a_socket(Path(path))
        else:
            _try_to_bind(address)
        raise


def _require_room_for_a_socket(path: Path) -> None:
    if not path.parent.is_dir():
        raise OSError(f"there is no directory {path.parent}")
    if len(os.fsencode(path)) > _SOCKET_PATH_BYTES:
        raise OSError(f"a socket's path has at most {_SOCKET_PATH_BYTES} bytes")
    if not os.access(path.parent, os.W_OK):
        raise OSError(f"this user may make nothing in {path.parent}")


def _try_to_bind(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise OSError(f"{host} is no address and no name that is known ({error})") from None
    for family, kind, protocol, _, place in found:
        with socket.socket(family, kind, protocol) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                end.bind(place)
            except OSError as error:
                raise OSError(_WHY_NOT.get(error.errno or 0, error.strerror)) from None
