"""What raw code in a sandbox would do where a layer of the kernel wall is missing.

An act raises OSError when it is refused and returns when it worked, like the attempts of
`walls/kernel/holes.py`, from which many come. Acts make raw system calls.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.kernel import bpf, holes, libc
from cloche_server.walls.kernel.lockdown import CHANNEL
from cloche_server.walls.kernel.syscalls import ALLOWED, DENIED

ROWS: Final = {row.name: row for row in (*ALLOWED, *DENIED)}
#: Calls in no row, each with a use for an attacker: (x86-64, aarch64).
UNLISTED: Final = {
    "pkey_mprotect": (329, 288),
    "mount": (165, 40),
    "chroot": (161, 51),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "seccomp": (317, 277),
    "init_module": (175, 105),
    "open_by_handle_at": (304, 265),
    "shmget": (29, 194),
    "mq_open": (240, 180),
    "process_madvise": (440, 440),
    "vmsplice": (316 - 38, 75),
    "setresuid": (117, 147),
    "personality": (135, 92),
    "mlock": (149, 228),
    "modify_ldt": (154, None),
}
_PRIVATE: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
#: Answers 42 in the machine's own code.
_FORTY_TWO: Final = {
    "x86_64": bytes.fromhex("b82a000000c3"),
    "aarch64": struct.pack("<II", 0x52800540, 0xD65F03C0),
}
_raw = ctypes.CDLL(None, use_errno=True)
_raw.syscall.restype = ctypes.c_long


@dataclass(frozen=True, kw_only=True)
class Scene(holes.ProbeFixtures):
    """What the acts are aimed at."""

    #: Another sandbox, behind the same wall.
    sibling: int
    #: A program that belongs to root and runs as root, and a file that only root reads.
    setuid_program: str
    secret: str
    #: A shared memory segment that the zygote made, open to everyone.
    segment: int
    #: A directory that everyone may write to.
    drop: str
    #: Set when the lockdown is done, for a thread that was there before.
    thread: Stowaway


class Stowaway:
    """A thread that is there when the lockdown begins."""

    def __init__(self) -> None:
        self.wanted = False
        self._locked = threading.Event()
        self._done = threading.Event()
        self._error: OSError | None = OSError(errno.ESRCH, "there is no such thread")

    def board(self) -> None:
        self._error = None
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        self._locked.wait()
        try:
            os.close(os.open("/proc/version", os.O_RDONLY))
        except OSError as error:
            self._error = error
        self._done.set()

    def act(self) -> None:
        self._locked.set()
        self._done.wait(5)
        if self._error is not None:
            raise self._error


Act = Callable[[Scene], None]
HOLES: Final[dict[str, Act]] = {hole.name: hole.attempt for hole in holes.HOLES}


def number(name: str) -> int:
    if name in ROWS:
        row = ROWS[name]
        found = row.x86_64 if libc.MACHINE == "x86_64" else row.aarch64
    else:
        found = UNLISTED[name][libc.MACHINE != "x86_64"]
    if found is None:
        raise LookupError(f"no {name} on {libc.MACHINE}")
    return found


def _call(name: str, *arguments: object) -> int:
    """The raw answer: a result, or minus an errno."""
    converted = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    ctypes.set_errno(0)
    result: int = _raw.syscall(ctypes.c_long(number(name)), *converted)
    return -ctypes.get_errno() if result == -1 else result


#: Arguments that make the kernel answer at once with something else than the filter would.
_ARGUMENTS: Final[dict[str, Callable[[], tuple[int, ...]]]] = {
    "kill": lambda: (os.getpid(), 0),
    "tkill": lambda: (threading.get_native_id(), 0),
    "tgkill": lambda: (os.getpid(), threading.get_native_id(), 0),
    "ppoll": lambda: (0, 0xFFFF_FFFF, 0, 0, 0),
}


def reach(name: str) -> Act:
    """The kernel answers the call, not the filter."""

    def act(_: Scene) -> None:
        # Python itself may not ask for its own numbers behind the filter.
        answer = _call(name, *(known[name] or (-1, 0, 0, 0, 0, 0)))
        row = ROWS.get(name)
        if row is not None and answer == -getattr(row, "errno", 0):
            raise OSError(-answer, os.strerror(-answer))

    known: dict[str, tuple[int, ...]] = {}

    def prepared(scene: Scene) -> None:
        known[name] = _ARGUMENTS.get(name, tuple)()
        act(scene)

    return prepared


def make_process(name: str) -> Act:
    """A child by this call; it ends at once."""

    def act(_: Scene) -> None:
        child = _call(name, signal.SIGCHLD, 0, 0, 0, 0) if name == "clone" else _call(name)
        if child == 0:
            os._exit(0)
        if child < 0:
            raise OSError(-child, os.strerror(-child))

    return act


def run_own_code(_: Scene) -> None:
    """Memory that is mapped executable from the first."""
    address = libc.mmap(4096, 7, _PRIVATE, -1)
    _run(address)


def run_changed_code(_: Scene) -> None:
    """Memory that is made executable later."""
    address = libc.mmap(4096, 3, _PRIVATE, -1)
    answer = _call("mprotect", address, 4096, 7)
    if answer:
        raise OSError(-answer, os.strerror(-answer))
    _run(address)


def _run(address: int) -> None:
    code = _FORTY_TWO[libc.MACHINE]
    ctypes.memmove(address, code, len(code))
    # ctypes would map a page for a callback, not for a call.
    if ctypes.CFUNCTYPE(ctypes.c_int)(address)() != 42:
        raise OSError(errno.ENOEXEC, "the code did not run")


def share_memory(_: Scene) -> None:
    libc.mmap(1 << 20, 3, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, -1)


def give_other_advice(_: Scene) -> None:
    """MADV_DONTDUMP stands for all the advice that no allocator gives."""
    address = libc.mmap(4096, 3, _PRIVATE, -1)
    libc.madvise(address, 4096, 16)


def lend_priority(_: Scene) -> None:
    """A lock whose holder inherits the priority of those who wait."""
    lock_pi_private = 6 | 0x80
    word = ctypes.c_uint32()
    libc.syscall(number("futex"), ctypes.byref(word), lock_pi_private, 0, 0, 0, 0)


def wake_others(_: Scene) -> None:
    """Not private: in a page of a file, the word is the same for all that map it."""
    wake = 1
    word = ctypes.c_uint32()
    libc.syscall(number("futex"), ctypes.byref(word), wake, 1, 0, 0, 0)


def hand_over(_: Scene) -> None:
    """A descriptor, to the front, through the channel."""
    data = ctypes.create_string_buffer(b"x")
    vector = ctypes.create_string_buffer(struct.pack("<QQ", ctypes.addressof(data), 1))
    rights = struct.pack("<QiiI", 20, socket.SOL_SOCKET, socket.SCM_RIGHTS, CHANNEL)
    control = ctypes.create_string_buffer(rights)
    header = struct.pack(
        "<QIIQQQQIxxxx", 0, 0, 0, ctypes.addressof(vector), 1, ctypes.addressof(control), 24, 0
    )
    libc.syscall(number("sendmsg"), CHANNEL, header, 0)


def put_filter(_: Scene) -> None:
    """A filter of its own: with a listener, that would be asked before the wall's."""
    set_mode_filter = 1
    program = ctypes.create_string_buffer(bpf.answer(bpf.ALLOW))
    header = struct.pack("<HxxxxxxQ", 1, ctypes.addressof(program))
    libc.syscall(number("seccomp"), set_mode_filter, 0, header)


def limit_sibling(scene: Scene) -> None:
    """Ends a neighbour by its limits."""
    nothing = struct.pack("<QQ", 0, 0)
    answer = _call("prlimit64", scene.sibling, resource.RLIMIT_FSIZE, nothing, 0)
    if answer:
        raise OSError(-answer, os.strerror(-answer))


def read_sibling(scene: Scene) -> None:
    found = ctypes.create_string_buffer(len(holes.MAGIC))
    local = struct.pack("<QQ", ctypes.addressof(found), len(holes.MAGIC))
    remote = struct.pack("<QQ", scene.magic_address, len(holes.MAGIC))
    answer = _call("process_vm_readv", scene.sibling, local, 1, remote, 1, 0)
    if answer < 0:
        raise OSError(-answer, os.strerror(-answer))
    if found.raw != holes.MAGIC:
        raise OSError(errno.ESRCH, "another process has the sibling's number")


def trace_sibling(scene: Scene) -> None:
    answer = _call("ptrace", 16, scene.sibling, 0, 0)
    if answer < 0:
        raise OSError(-answer, os.strerror(-answer))


def signal_sibling(scene: Scene) -> None:
    os.kill(scene.sibling, 0)
    if scene.sibling == os.getpid():
        raise OSError(errno.ESRCH, "that is itself")


def be_spared(_: Scene) -> None:
    """When memory runs out, others would be ended first."""
    with open("/proc/self/oom_score_adj") as file:
        if int(file.read()) > 0:
            raise OSError(errno.EPERM, "it goes first")


def read_roots_file(scene: Scene) -> None:
    os.close(os.open(scene.secret, os.O_RDONLY))


def run_setuid(scene: Scene) -> None:
    """`test -r FILE`, as root by its mode, for a file that only root reads."""
    child = os.fork()
    if child == 0:
        try:
            os.execv(scene.setuid_program, ["test", "-r", scene.secret])
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if status:
        raise OSError(errno.EACCES, "it gained nothing")


def read_segment(scene: Scene) -> None:
    """Shared memory of System V, by its number."""
    _raw.shmat.restype = ctypes.c_void_p
    address = _raw.shmat(scene.segment, None, 0o10000)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "no such segment")
    if ctypes.string_at(address, len(holes.MAGIC)) != holes.MAGIC:
        raise OSError(errno.ESRCH, "another segment has this number")


def mount_something(_: Scene) -> None:
    """Needs CAP_SYS_ADMIN, which a new user namespace gives."""
    libc.unshare(libc.CLONE_NEWNS)
    libc.mount(b"none", b"/", None, libc.MS_REC | libc.MS_PRIVATE, None)


def outlive(_: Scene) -> None:
    """No signal comes when the zygote dies."""
    wanted = ctypes.c_int()
    _raw.prctl(2, ctypes.byref(wanted), 0, 0, 0)
    if wanted.value == signal.SIGKILL:
        raise OSError(errno.EPERM, "it dies with its parent")


def connect(scene: Scene) -> None:
    HOLES["reach the network"](scene)


def connect_by_tcp(scene: Scene) -> None:
    with socket.socket() as peer:
        peer.connect(("127.0.0.1", scene.outside_port))


def talk_outside(_: Scene) -> None:
    """An abstract socket of the zygote answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect("\0cloche-teeth")


def burn(_: Scene) -> None:
    begin = time.process_time()
    while time.process_time() - begin < 2.5:
        pass


def write_file(scene: Scene) -> None:
    path = f"{scene.drop}/file-{os.urandom(4).hex()}"
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, b"x")
    finally:
        os.unlink(path)


def open_many(_: Scene) -> None:
    for _number in range(64):
        os.dup(3)


def lock_memory(_: Scene) -> None:
    address = libc.mmap(4096, 3, _PRIVATE, -1)
    answer = _call("mlock", address, 4096)
    if answer:
        raise OSError(-answer, os.strerror(-answer))


def take_huge_page(_: Scene) -> None:
    """Touches 2 MiB: one fault where a huge page answers for all of it, and 512 where none does."""
    huge = 2 << 20
    memory = mmap.mmap(-1, 2 * huge, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    start = -address % huge
    _call("madvise", address + start, huge, mmap.MADV_HUGEPAGE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for page in range(start, start + huge, mmap.PAGESIZE):
        memory[page] = 1
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    if faults > huge // mmap.PAGESIZE // 2:
        raise OSError(errno.ENOMEM, f"{faults} faults: no huge page")


def make_many(_: Scene) -> None:
    children: list[int] = []
    try:
        for _number in range(300):
            child = os.fork()
            if child == 0:
                signal.pause()
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def raise_limit(kind: int) -> Act:
    def act(_: Scene) -> None:
        try:
            resource.setrlimit(kind, (1 << 40, 1 << 40))
        except ValueError as error:
            raise OSError(errno.EPERM, str(error)) from None

    return act


def stow_away(scene: Scene) -> None:
    scene.thread.act()


def make_process_by_vfork(_: Scene) -> None:
    """In machine code: the child runs on its parent's stack, so it may not return from here."""
    if libc.MACHINE != "x86_64":
        raise LookupError("vfork is of x86-64")
    code = bytes.fromhex("b83a0000000f0585c0750931ffb83c0000000f05c3")
    address = libc.mmap(4096, 7, _PRIVATE, -1)
    ctypes.memmove(address, code, len(code))
    child: int = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    if child < 0:
        raise OSError(-child, os.strerror(-child))


def dodge_by_i386(scene: Scene) -> None:
    """`int 0x80` with a number that means getpid on x86-64 and mkdir on i386."""
    if libc.MACHINE != "x86_64":
        raise LookupError("int 0x80 is of x86")
    path = f"{scene.drop}/i386-{os.urandom(4).hex()}".encode() + b"\0"
    # Below 4 GiB (MAP_32BIT), where a 32-bit address reaches.
    address = libc.mmap(4096, 7, _PRIVATE | 0x40, -1)
    ctypes.memmove(address + 1024, path, len(path))
    code = (
        bytes.fromhex("53b827000000bb") + struct.pack("<I", address + 1024)
        + bytes.fromhex("b9c0010000cd805bc3")
    )  # fmt: skip
    ctypes.memmove(address, code, len(code))
    answer: int = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    if answer < 0:
        raise OSError(-answer, os.strerror(-answer))


AIMED_AT_SIBLING: Final = frozenset({limit_sibling, read_sibling, trace_sibling, signal_sibling})
