"""Leases on a container behind a tunnel: one held HTTP request for each call.

A lease is asked for through Modal's proxy, which wants the proxy token, starts containers where
none runs, spreads requests over those that do, and counts the held ones for the autoscaler. The
answer says where the tunnel is, and with which token: good for as long as the request is held.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import secrets

LEASE_PATH = "/cloche/lease"
_HEAD_S = 10.0
_BEAT_S = 10.0
_MOST = 1024
_OK = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncache-control: no-store\r\n"
    b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
)


class Leases:
    """The tokens of the requests that are held now."""

    def __init__(self) -> None:
        # Digests: how long a look-up takes says nothing about a token.
        self._open: set[bytes] = set()

    def draw(self) -> str | None:
        """A new token; None where there are too many."""
        if len(self._open) >= _MOST:
            return None
        token = secrets.token_urlsafe(32)
        self._open.add(_digest(token))
        return token

    def end(self, token: str) -> None:
        """Calls that have begun with it go on."""
        self._open.discard(_digest(token))

    def admits(self, token: str) -> bool:
        return _digest(token) in self._open


class LeaseServer:
    """Gives leases on `address`, which is "host:port" of the tunnel."""

    def __init__(self, leases: Leases, address: str) -> None:
        self._leases = leases
        self._address = address
        self._served: dict[asyncio.StreamWriter, asyncio.Event] = {}

    async def close(self) -> None:
        """Hangs up on everybody."""
        served = list(self._served.items())
        for writer, _ in served:
            writer.close()
        for _, ended in served:
            await ended.wait()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        ended = self._served[writer] = asyncio.Event()
        with contextlib.suppress(ConnectionError):
            try:
                await self._answer(reader, writer)
            finally:
                writer.close()
                del self._served[writer]
                ended.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_S)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        if head.split(b"\r\n", 1)[0].split(b" ")[:2] != [b"GET", LEASE_PATH.encode()]:
            writer.write(_refusal("404 Not Found"))
            return
        token = self._leases.draw()
        if token is None:
            writer.write(_refusal("503 Service Unavailable"))
            return
        try:
            told = json.dumps({"address": self._address, "token": token}).encode() + b"\n"
            writer.write(_OK + _chunk(told))
            await _until_hung_up(reader, writer)
        finally:
            self._leases.end(token)


async def _until_hung_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says something now and then: who is silent looks dead to the proxies between."""
    hung_up = asyncio.ensure_future(reader.read(1))
    try:
        while not hung_up.done():
            await writer.drain()
            await asyncio.wait([hung_up], timeout=_BEAT_S)
            writer.write(_chunk(b"\n"))
    finally:
        hung_up.cancel()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
