"""Front ⇄ zygote: one message a packet, on a SOCK_SEQPACKET pair.

The zygote is told what to hold and when to fork; it never sees a caller's byte. Each Spawn carries
one descriptor: the new sandbox's end of its channel to the front.
"""

from __future__ import annotations

import socket
from typing import Final

import msgspec
from cloche.contract.config import ModelConfig

from cloche_server.ipc.decoding import decode

# Well above the largest message, Loaded with its layers and module names.
MAX_PACKET: Final = 1 << 17


class AdapterFiles(msgspec.Struct, frozen=True):
    """An adapter: what techniques call it, and its directory."""

    name: str
    path: str


class Boot(msgspec.Struct, frozen=True, tag=True):
    """The first message: what to load."""

    model: ModelConfig
    model_path: str
    # The commit of the files, where it is known; else empty.
    revision: str
    adapters: tuple[AdapterFiles, ...]
    memory_max_bytes: int
    timeout_max_s: float
    session_lifetime_max_s: float
    walls_off: tuple[str, ...]


class Spawn(msgspec.Struct, frozen=True, tag=True):
    """Fork a sandbox onto the descriptor that comes along.

    `ahead`: nobody waits for it yet, so it may take the time to prepare for its call.
    `session`: it is to outlive its calls, and its forks to outlive it.
    """

    sandbox: int
    ahead: bool
    session: bool = False


class Kill(msgspec.Struct, frozen=True, tag=True):
    """End a sandbox with SIGKILL. Unknown or already ended: nothing happens."""

    sandbox: int


class Audit(msgspec.Struct, frozen=True, tag=True):
    """Look whether the weights are as they were loaded; asked for after a sandbox ended badly.

    One that is running is followed by another.
    """


class Stage(msgspec.Struct, frozen=True, tag=True):
    """What the zygote is doing while it starts; `fraction` is 0 to 1 of the whole start."""

    text: str
    fraction: float


class LayerFact(msgspec.Struct, frozen=True):
    """One layer of a wall, as cloche.v1.Layer."""

    name: str
    active: bool
    detail: str
    closes: tuple[str, ...]


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The model is held; sandboxes can be spawned."""

    architecture: str
    dtype: str
    # The method of quantised weights that were dequantised; empty: they were plain.
    dequantized_from: str
    device: str
    parameters: int
    weight_bytes: int
    # How sandboxes get them: ModelConfig.weights.
    weights: str
    attn_implementation: str
    # Those that can be switched.
    adapters: tuple[str, ...]
    threads: int
    importable_modules: tuple[str, ...]
    layers: tuple[LayerFact, ...]
    # The kernel lets the front grant forks, so sessions can be copied.
    forks: bool
    versions: dict[str, str]
    # Names of the policy's that the installed releases lack.
    skipped_names: int
    # Installed releases on which the policy has not been looked at.
    not_audited: tuple[str, ...]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The zygote cannot start and ends. The message says why, for a person."""

    message: str


class Ended(msgspec.Struct, frozen=True, tag=True):
    """A sandbox is gone: its exit code, or minus the signal that killed it."""

    sandbox: int
    exit_code: int


class Audited(msgspec.Struct, frozen=True, tag=True):
    """What an audit saw. Where the weights are not as they were loaded the zygote ends."""

    intact: bool
    detail: str


ToZygote = Boot | Spawn | Kill | Audit
FromZygote = Stage | Loaded | Failed | Ended | Audited

_encoder = msgspec.msgpack.Encoder()
_to_zygote: msgspec.msgpack.Decoder[ToZygote] = msgspec.msgpack.Decoder(ToZygote)
_from_zygote: msgspec.msgpack.Decoder[FromZygote] = msgspec.msgpack.Decoder(FromZygote)


def pack(message: ToZygote | FromZygote) -> bytes:
    return _encoder.encode(message)


def unpack_from_zygote(packet: bytes) -> FromZygote:
    """Raises as `decode` does."""
    return decode(_from_zygote, packet)


def receive(control: socket.socket) -> tuple[ToZygote | None, int | None]:
    """Waits for the front's next message and the descriptor that came with it; None at its end."""
    packet, descriptors, _, _ = socket.recv_fds(control, MAX_PACKET, 1)
    message = _to_zygote.decode(packet) if packet else None
    return message, descriptors[0] if descriptors else None
