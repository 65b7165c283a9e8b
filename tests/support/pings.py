"""Keepalive pings faster than any client's, on a bare HTTP/2 connection."""

from __future__ import annotations

import socket

# RFC 9113: the preface, then frames: length (3 bytes), type, flags, stream (4 bytes), body.
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _PING, _GOAWAY, _ACK = 4, 6, 7, 1


def _frame(kind: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "big") + bytes((kind, 0)) + bytes(4) + body


class Pinger:
    """One connection without a call, the case that gRPC allows least."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._incoming = end.makefile("rb")
        end.sendall(_PREFACE + _frame(_SETTINGS, b""))

    def ping(self, number: int) -> None:
        """Returns with the answer; AssertionError where the server takes it for abuse."""
        self._end.sendall(_frame(_PING, number.to_bytes(8, "big")))
        while True:
            head = self._incoming.read(9)
            assert len(head) == 9, "the server closed the connection"
            body = self._incoming.read(int.from_bytes(head[:3], "big"))
            kind, flags = head[3], head[4]
            assert kind != _GOAWAY, f"the server ends the connection: {body[8:].decode()}"
            if kind == _PING and flags & _ACK:
                assert int.from_bytes(body, "big") == number
                return
