"""What the front reads from a sandbox and the zygote, against damaged messages of every kind."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import tracemalloc
from typing import Any

import msgspec
from cloche_server.front.channel import Channel, ChannelClosed, ProtocolViolation
from cloche_server.ipc import control, job
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.fuzz.profile import examples

_text = st.text(max_size=30) | st.binary(max_size=30)
_number = st.integers(-(1 << 63), (1 << 64) - 1) | st.floats()
_anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _number | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=8,
)
FROM_SANDBOX = (job.Ready, job.Printed, job.Progressed, job.Returned, job.Raised,
                job.Refused, job.Checked)  # fmt: skip
FROM_ZYGOTE = (control.Stage, control.Loaded, control.Failed, control.Ended)
_LIES = (
    *(b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xc6\xff\xff\xff\xff"),
    *(b"\xc1", b"\x91" * 300, b"\xa1\xff"),
)
#: Decoded, a message takes no more than this for each of its bytes; an empty map takes 64.
_BYTES_PER_BYTE = 80
_BASE_BYTES = 1 << 16


@st.composite
def messages(draw: st.DrawFn, kinds: tuple[type, ...]) -> bytes:
    """A message with the right names, and often the right values, then damaged."""
    kind = draw(st.sampled_from(kinds))
    valid = st.from_type(kind).map(msgspec.to_builtins) if draw(st.booleans()) else st.just({})
    fields: dict[Any, Any] = {"type": kind.__name__, **draw(valid)}
    for field in msgspec.structs.fields(kind):
        if field.name not in fields or draw(st.integers(0, 4)) == 0:
            fields[field.name] = draw(_anything)
    if draw(st.integers(0, 5)) == 0:
        fields[draw(_text)] = draw(_anything)
    try:
        data = bytearray(msgspec.msgpack.encode(fields))
    except OverflowError:
        reject()
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        if draw(st.booleans()):
            data[at : at + 1] = bytes([draw(st.integers(0, 255))])
        else:
            data[at:at] = draw(st.sampled_from(_LIES))
    return bytes(data)


def receive(data: bytes) -> list[job.FromSandbox]:
    """What a Channel hands over of the bytes before it ends; ProtocolViolation passes through."""

    async def run() -> list[job.FromSandbox]:
        ours, theirs = socket.socketpair()
        channel = Channel(ours)
        found: list[job.FromSandbox] = []
        try:
            theirs.sendall(data)
            theirs.close()
            with contextlib.suppress(ChannelClosed):
                while True:
                    found += await channel.receive()
        finally:
            channel.close()
        return found

    return asyncio.run(run())


_settings = settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(st.lists(messages(FROM_SANDBOX), min_size=1, max_size=3), st.integers(-3, 3))
@_settings
def test_a_channel_gives_messages_or_a_violation(bodies: list[bytes], off: int) -> None:
    data = b"".join(struct.pack("<I", max(len(body) + off, 0)) + body for body in bodies)
    try:
        found = receive(data)
    except ProtocolViolation:
        return
    assert all(isinstance(each, FROM_SANDBOX) for each in found)


@given(messages(FROM_SANDBOX))
@_settings
def test_a_message_takes_no_more_than_its_bytes_allow(body: bytes) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            job.unpack_from_sandbox(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= _BASE_BYTES + _BYTES_PER_BYTE * len(body)


@given(messages(FROM_ZYGOTE))
@_settings
def test_a_packet_of_the_zygote_is_a_message_or_an_error_of_msgspec(packet: bytes) -> None:
    try:
        message = control.unpack_from_zygote(packet)
    except (msgspec.DecodeError, RecursionError):
        return
    assert isinstance(message, FROM_ZYGOTE)
    assert control.unpack_from_zygote(control.pack(message)) is not None
