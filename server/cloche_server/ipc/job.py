"""Front ⇄ sandbox: frames on a stream, a length (4 bytes, little-endian) before each message.

What is large goes beside the messages and is not packed into them: arguments follow their Run, and
a piece of a result is a frame of its own kind, whose length has the highest bit set.

The front sends one job. What comes back is hostile: a frame's length is checked before it is read,
its message is validated before it is believed (`front/channel.py`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from cloche_server.ipc.decoding import decode

LENGTH: Final = struct.Struct("<I")
# No frame from a sandbox is larger: texts are cut and results are chunked below it.
MAX_FRAME_FROM_SANDBOX: Final = 1 << 20
# After a Run and its arguments: from now on the technique's time runs.
GO: Final = b"\x01"
# A result comes in pieces of this size; only the last is smaller.
CHUNK_BYTES: Final = 1 << 20
# In a length: what follows is a piece of the result, after the whole's size.
PIECE: Final = 1 << 31
PIECE_HEAD: Final = struct.Struct("<IQ")
# What a report of progress takes of the call's output, beside its note.
PROGRESS_BYTES: Final = 16
# Of one call: how often it is looked which line runs.
MOST_SAMPLES: Final = 100
# Of one call: what libraries log has a bound of its own, and takes nothing of the output limit.
MOST_LOGS: Final = 100
LOG_BYTES: Final = 4096


class Run(msgspec.Struct, frozen=True, tag=True):
    """Run a technique. The bytes of its arguments, the caller's msgpack, follow in this order, and
    then GO: a sandbox that has its arguments waits for its slot.
    """

    source: str
    entry_point: str
    args_bytes: int
    kwargs_bytes: int
    timeout_s: float
    memory_bytes: int
    result_max_bytes: int
    output_max_bytes: int
    seed: int | None
    # Those that may be imported; None: all that the language wall allows.
    modules: tuple[str, ...] | None = None
    deterministic: bool = False
    digest_only: bool = False


class Open(msgspec.Struct, frozen=True, tag=True):
    """The first word to a session: what all of its calls together may take."""

    memory_bytes: int
    cpu_s: float


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Copy the session; both answer with Forked, each on a channel of its own."""


class Check(msgspec.Struct, frozen=True, tag=True):
    """Compile a technique and say what the language wall thinks of it."""

    source: str
    entry_point: str
    modules: tuple[str, ...] | None = None


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The sandbox is locked down and waits. Sent before it knows its job.

    `pid` is its number in the front's namespace.
    """

    pid: int


class Printed(msgspec.Struct, frozen=True, tag=True):
    stream: Literal["stdout", "stderr"]
    text: str


class At(msgspec.Struct, frozen=True, tag=True):
    """The line of the source that ran a moment ago."""

    line: int


Level = Literal["debug", "info", "warning", "error"]


class Logged(msgspec.Struct, frozen=True, tag=True):
    """What a library logged or warned of."""

    level: Level
    text: str


class Progressed(msgspec.Struct, frozen=True, tag=True):
    done: float
    total: float | None
    note: str


@dataclass(frozen=True)
class Chunk:
    """A piece of the result, which no message holds; `total_bytes` is the whole's size."""

    data: bytes | bytearray
    total_bytes: int


class Phases(msgspec.Struct, frozen=True):
    """How long parts of a call took, as its sandbox says: for whoever looks where time goes."""

    compile_s: float = 0.0
    encode_s: float = 0.0


class Returned(msgspec.Struct, frozen=True, tag=True):
    """The technique returned; all chunks were sent."""

    cpu_s: float
    # Of the result, where it was asked for.
    sha256: bytes = b""
    phases: Phases = Phases()


class FrameFact(msgspec.Struct, frozen=True):
    """One frame of a traceback, as cloche.v1.TracebackFrame."""

    function: str
    line: int
    column: int
    text: str


class Raised(msgspec.Struct, frozen=True, tag=True):
    """The technique let an exception out."""

    exception: str
    message: str
    frames: tuple[FrameFact, ...]
    traceback: str
    cpu_s: float


class DiagnosticFact(msgspec.Struct, frozen=True):
    """One refusal of the language wall, as cloche.v1.Diagnostic."""

    code: str
    message: str
    hint: str
    line: int
    column: int
    end_line: int
    end_column: int


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The sandbox refused the job, or a limit ended it; `reason` is a Reason of the contract's."""

    reason: Literal["POLICY", "REQUEST", "MEMORY_LIMIT", "OUTPUT_LIMIT", "RESULT_LIMIT"]
    message: str
    field: str
    diagnostics: tuple[DiagnosticFact, ...] = ()
    # Diagnostics that there are beyond these.
    more: int = 0
    # Of the source, where the message names one.
    line: int = 0


class Checked(msgspec.Struct, frozen=True, tag=True):
    """What there is to say of a source; `more` as in Refused."""

    functions: tuple[str, ...]
    diagnostics: tuple[DiagnosticFact, ...]
    more: int = 0


class Forked(msgspec.Struct, frozen=True, tag=True):
    """The session waits for its next job; `error` says why there is no copy, if there is none."""

    error: str = ""


ToSandbox = Run | Check
ToSession = Open | Fork | Run
Answer = Returned | Raised | Checked
Message = Ready | Printed | Logged | At | Progressed | Refused | Forked | Answer
FromSandbox = Message | Chunk

_encoder = msgspec.msgpack.Encoder()
_to_sandbox: msgspec.msgpack.Decoder[ToSandbox] = msgspec.msgpack.Decoder(ToSandbox)
_to_session: msgspec.msgpack.Decoder[ToSession] = msgspec.msgpack.Decoder(ToSession)
_from_sandbox: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def piece_head(size: int, total_bytes: int) -> bytes:
    """What goes before a piece of the result."""
    return PIECE_HEAD.pack(PIECE | size, total_bytes)


def frame(message: ToSandbox | ToSession | Message) -> bytes:
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def unpack_to_sandbox(body: bytes) -> ToSandbox:
    return _to_sandbox.decode(body)


def unpack_to_session(body: bytes) -> ToSession:
    return _to_session.decode(body)


def unpack_from_sandbox(body: bytes | memoryview) -> Message:
    """Raises as `decode` does."""
    return decode(_from_sandbox, body)
