"""Attempt what a sandbox must not be able to do: escape probes, run at each start.

An attempt raises OSError when the kernel refuses it and returns when it succeeds: then the hole is
open. Attempts make raw system calls, so that nothing in Python stands between them and the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import socket
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.kernel import libc
from cloche_server.walls.kernel.lockdown import CHANNEL
from cloche_server.walls.kernel.syscalls import number_of

_PTRACE_SEIZE: Final = 0x4206
# Kept for documentation (RFC 5737): nobody lives there, but a default route leads there.
_ELSEWHERE: Final = ("192.0.2.1", 9)
MAGIC: Final = b"cloche: a neighbour's memory"


@dataclass(frozen=True, kw_only=True)
class ProbeFixtures:
    """What the attempts are aimed at."""

    # A process beside the sandbox, by its number and as /proc has it, and where MAGIC stands in its
    # memory.
    neighbour: int
    neighbour_in_proc: int
    magic_address: int
    # A segment of shared memory that anyone may attach who can name it; -1 if the kernel has none.
    segment: int
    # Where the launcher listens, in the network that the zygote should have left; 0 if nowhere.
    outside_port: int
    # The most that the sandbox may map.
    memory_bytes: int


@dataclass(frozen=True, kw_only=True)
class Hole:
    """One thing that must not work.

    `calls` are the system calls that the attempt needs and that the filter refuses; () where
    something else closes it.
    """

    name: str
    attempt: Callable[[ProbeFixtures], None]
    calls: tuple[str, ...] = ()


def _read_file(_: ProbeFixtures) -> None:
    """Anyone may read this one, wherever there is a /proc."""
    os.close(os.open("/proc/version", os.O_RDONLY))


def _write_file(_: ProbeFixtures) -> None:
    path = os.path.join(_TEMPORARY, f"cloche-probe-{os.urandom(8).hex()}")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.unlink(path)


def _open_socket(_: ProbeFixtures) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _reach_network(scene: ProbeFixtures) -> None:
    """Connecting a datagram socket sends nothing, but wants a route."""
    _one_of(
        lambda: _connect(socket.SOCK_STREAM, ("127.0.0.1", scene.outside_port)),
        lambda: _connect(socket.SOCK_DGRAM, _ELSEWHERE),
    )


def _connect(kind: socket.SocketKind, address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, kind) as peer:
        peer.connect(address)


def _run_program(_: ProbeFixtures) -> None:
    """Where it works, the program says so by its exit code, which is that of an open hole."""
    with contextlib.suppress(OSError):
        os.close(2)  # a shell complains when its working directory has no name
    os.execve("/bin/sh", ["sh", "-c", f"exit {OPEN}"], {})


def _make_process(_: ProbeFixtures) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)  # else it would be left to the zygote, which is process 1


def _signal_neighbour(scene: ProbeFixtures) -> None:
    os.kill(scene.neighbour, 0)


def _read_neighbour(scene: ProbeFixtures) -> None:
    _one_of(
        lambda: _read_by_call(scene),
        lambda: _read_by_file(scene),
        lambda: _trace(scene),
    )


def _read_by_call(scene: ProbeFixtures) -> None:
    found = ctypes.create_string_buffer(len(MAGIC))
    local = struct.pack("<QQ", ctypes.addressof(found), len(MAGIC))
    remote = struct.pack("<QQ", scene.magic_address, len(MAGIC))
    libc.syscall(
        number_of("process_vm_readv", libc.MACHINE), scene.neighbour, local, 1, remote, 1, 0
    )
    _require_magic(found.raw)


def _read_by_file(scene: ProbeFixtures) -> None:
    memory = os.open(f"/proc/{scene.neighbour_in_proc}/mem", os.O_RDONLY)
    try:
        _require_magic(os.pread(memory, len(MAGIC), scene.magic_address))
    finally:
        os.close(memory)


def _require_magic(found: bytes) -> None:
    if found != MAGIC:
        raise OSError(errno.ESRCH, "another process has the neighbour's number")


def _trace(scene: ProbeFixtures) -> None:
    """The tracer's end sets the neighbour free again."""
    libc.syscall(number_of("ptrace", libc.MACHINE), _PTRACE_SEIZE, scene.neighbour, 0, 0)


def _attach_shared_memory(scene: ProbeFixtures) -> None:
    libc.shmat(scene.segment)


def _make_namespace(_: ProbeFixtures) -> None:
    libc.unshare(libc.CLONE_NEWUSER)


def _grow(scene: ProbeFixtures) -> None:
    anonymous_private = 0x22
    size = scene.memory_bytes + (4 << 30)
    libc.mmap(size, mmap.PROT_READ | mmap.PROT_WRITE, anonymous_private, -1)


def _map_executable(_: ProbeFixtures) -> None:
    anonymous_private = 0x22
    libc.mmap(4096, mmap.PROT_READ | mmap.PROT_EXEC, anonymous_private, -1)


def _use_descriptor(_: ProbeFixtures) -> None:
    for descriptor in range(256):
        if descriptor != CHANNEL:
            try:
                os.read(descriptor, 0)
            except OSError as error:
                if error.errno == errno.EBADF:
                    continue
            return
    raise OSError(errno.EBADF, "no descriptor is open")


def _read_environment(_: ProbeFixtures) -> None:
    if not os.environ:
        raise OSError(errno.ENOENT, "the environment is empty")


def _one_of(*ways: Callable[[], None]) -> None:
    """Returns once a way leads through; if none does, raises what refused the last."""
    for number, way in enumerate(ways, start=1):
        try:
            return way()
        except OSError:
            if number == len(ways):
                raise
    return None


# Found before the lockdown: looking for it needs files.
_TEMPORARY: Final = tempfile.gettempdir()
# The exit code that says that an attempt succeeded.
OPEN: Final = 77

HOLES: Final[tuple[Hole, ...]] = (
    Hole(name="read files", attempt=_read_file, calls=("openat",)),
    Hole(name="write files", attempt=_write_file, calls=("openat",)),
    Hole(name="open sockets", attempt=_open_socket, calls=("socket",)),
    Hole(name="reach the network", attempt=_reach_network, calls=("socket", "connect")),
    Hole(name="run programs", attempt=_run_program, calls=("execve",)),
    Hole(name="make processes", attempt=_make_process, calls=("clone",)),
    Hole(name="signal other processes", attempt=_signal_neighbour, calls=("kill",)),
    Hole(
        name="read other processes' memory",
        attempt=_read_neighbour,
        calls=("process_vm_readv", "openat", "ptrace"),
    ),
    Hole(name="attach others' shared memory", attempt=_attach_shared_memory, calls=("shmat",)),
    Hole(name="make namespaces", attempt=_make_namespace, calls=("unshare",)),
    Hole(name="map executable memory", attempt=_map_executable, calls=("mmap",)),
    Hole(name="outgrow the memory limit", attempt=_grow),
    Hole(name="use inherited descriptors", attempt=_use_descriptor),
    Hole(name="read the environment", attempt=_read_environment),
)
