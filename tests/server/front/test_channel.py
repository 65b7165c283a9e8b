"""The front's end of a sandbox's pipe, against a peer that sends what it likes."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest
from cloche_server.front.channel import Channel, ChannelClosed, ProtocolViolation
from cloche_server.ipc import job
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.frames import written

MESSAGES: list[job.FromSandbox] = [
    job.Ready(7),
    job.Printed("stdout", "é\n"),
    job.Progressed(1.0, None, ""),
    job.Chunk(b"x" * 300_000, 300_000),
    job.Refused("POLICY", "no", "source", (job.DiagnosticFact("c", "m", "h", 1, 2, 3, 4),)),
    job.Raised("ValueError", "no", (job.FrameFact("f", 1, 2, "t"),), "Traceback", 0.5),
    job.Checked(("f",), ()),
    job.Returned(0.1),
]


def pair() -> tuple[Channel, socket.socket]:
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs


async def receive_all(channel: Channel, count: int) -> list[job.FromSandbox]:
    found: list[job.FromSandbox] = []
    while len(found) < count:
        found += await channel.receive()
    return found


async def test_messages_arrive_in_order_however_they_are_cut() -> None:
    channel, peer = pair()
    data = b"".join(map(written, MESSAGES))

    async def send() -> None:
        peer.setblocking(False)
        for start in range(0, len(data), 7919):
            await asyncio.get_running_loop().sock_sendall(peer, data[start : start + 7919])

    sending = asyncio.create_task(send())
    assert await receive_all(channel, len(MESSAGES)) == MESSAGES
    await sending


async def test_the_end_is_told() -> None:
    channel, peer = pair()
    peer.sendall(job.frame(job.Ready(1)) + b"\x05\x00")
    peer.close()
    assert await channel.receive() == [job.Ready(1)]
    with pytest.raises(ChannelClosed):
        await channel.receive()


async def test_hanging_up_wakes_who_waits() -> None:
    channel, _peer = pair()
    waiting = asyncio.create_task(channel.receive())
    await asyncio.sleep(0.01)
    channel.hang_up()
    with pytest.raises(ChannelClosed):
        await asyncio.wait_for(waiting, 1)
    channel.close()


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<I", job.MAX_FRAME_FROM_SANDBOX + 1),
        struct.pack("<I", 0x7FFF_FFFF) + b"x" * 100,
        job.piece_head(job.CHUNK_BYTES + 1, 1 << 30),
        job.piece_head(0, 0),
        struct.pack("<I", 0xFFFF_FFFF) + b"x" * 100,
        struct.pack("<I", 0),
        struct.pack("<I", 1) + b"\xc1",
        struct.pack("<I", 5) + b"\xdd\xff\xff\xff\xff",
        struct.pack("<I", 1000) + b"\x91" * 1000,
        job.frame(job.Run("", "", 0, 0, 1.0, 1, 1, 1, None)),
        job.frame(job.Ready(1))[:4] + b"\x82\xa4type\xa5Ready\xa3pid\xc0",
        struct.pack("<I", 33) + b"\x83\xa4type\xa7Printed\xa6stream\xa6stdout\xa4text\xa2\xff\xfe",
    ],
    ids=["too long", "far too long", "a piece too long", "a piece of nothing",
         "a piece far too long", "empty", "noise", "claims too much", "deep", "not for us",
         "wrong type", "no text"],
)  # fmt: skip
async def test_lies_are_protocol_violations(data: bytes) -> None:
    channel, peer = pair()
    peer.sendall(data)
    with pytest.raises(ProtocolViolation):
        await channel.receive()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message with some of its bytes exchanged."""
    body = bytearray(written(draw(st.sampled_from(MESSAGES)))[job.LENGTH.size :][:300])
    for _ in range(draw(st.integers(1, 3))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body)


@given(st.binary(min_size=1, max_size=300) | damaged())
@settings(max_examples=1000, deadline=None)
def test_any_frame_is_a_message_or_a_violation(body: bytes) -> None:
    async def attempt() -> None:
        channel, peer = pair()
        peer.sendall(struct.pack("<I", len(body)) + body)
        try:
            await channel.receive()
        except ProtocolViolation:
            pass
        finally:
            peer.close()
            channel.close()

    asyncio.run(attempt())


async def test_nothing_is_read_that_nobody_asks_for() -> None:
    """A sandbox that floods fills the socket's buffer, not the front."""
    channel, peer = pair()
    peer.setblocking(False)
    frame = job.frame(job.Printed("stdout", "x" * 1000))
    sent = 0
    try:
        while sent < 64 << 20:
            sent += peer.send(frame)
    except BlockingIOError:
        pass
    assert sent < 4 << 20
    assert await channel.receive()


async def test_a_flood_lets_others_run() -> None:
    """Messages come in turns of a bounded size, and each turn lets the loop go round."""
    channel, peer = pair()
    peer.sendall(job.frame(job.Printed("stdout", "x")) * 4000)
    rounds = 0

    async def other() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(other())
    read, turns = 0, 0
    while read < 4000:
        messages = await channel.receive()
        assert len(messages) <= 256
        read += len(messages)
        turns += 1
    counting.cancel()
    assert rounds >= turns - 1
