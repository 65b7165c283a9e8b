"""Leases, asked for by who does not behave."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from cloche_server.hosting.tunnel import leases
from cloche_server.hosting.tunnel.leases import Leases, LeaseServer

ASK = b"GET /cloche/lease HTTP/1.1\r\nhost: h\r\n\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(held: Leases) -> AsyncIterator[Ends]:
    """A connection to a server that gives `held`."""
    server = await asyncio.start_server(LeaseServer(held, "t.invalid:443").handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    server.close()


async def token_of(reader: asyncio.StreamReader) -> str:
    await reader.readuntil(b"\r\n\r\n")
    await reader.readline()  # the chunk's size
    told = json.loads(await reader.readline())
    assert told["address"] == "t.invalid:443"
    token: str = told["token"]
    return token


async def test_a_lease_ends_with_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_BEAT_S", 0.02)
    held = Leases()
    async with connected(held) as (reader, writer):
        writer.write(ASK)
        token = await token_of(reader)
        assert held.admits(token)
        # It says something now and then, for as long as the connection is held.
        assert await reader.readuntil(b"1\r\n\n\r\n")
        assert held.admits(token)
    await _until_refused(held, token)


async def test_a_request_in_pieces_is_one() -> None:
    held = Leases()
    async with connected(held) as (reader, writer):
        for byte in ASK:
            writer.write(bytes([byte]))
            await writer.drain()
        assert held.admits(await token_of(reader))


@pytest.mark.parametrize("sent", [b"", b"GET /cloche/lease HTTP/1.1\r\nx: " + b"y" * (1 << 18)])
async def test_who_never_ends_a_request_is_hung_up_on(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_HEAD_S", 0.1)
    held = Leases()
    async with connected(held) as (reader, writer):
        writer.write(sent)
        with contextlib.suppress(ConnectionResetError):  # it had not read all that was sent
            assert await asyncio.wait_for(reader.read(), 10) == b""
    assert not held._open


async def test_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_MOST", 2)
    held = Leases()
    first, second = held.draw(), held.draw()
    assert first is not None
    assert first != second
    assert held.draw() is None
    async with connected(held) as (reader, writer):
        writer.write(ASK)
        assert await reader.readline() == b"HTTP/1.1 503 Service Unavailable\r\n"
    held.end(first)
    assert not held.admits(first)
    assert held.draw() is not None


@pytest.mark.parametrize("token", ["", "x", "\udc80", "é" * 1000])
def test_what_was_never_drawn_is_not_admitted(token: str) -> None:
    held = Leases()
    held.draw()
    assert not held.admits(token)


async def _until_refused(held: Leases, token: str) -> None:
    async with asyncio.timeout(10):
        while held.admits(token):
            await asyncio.sleep(0.01)
