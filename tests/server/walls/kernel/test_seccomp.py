"""The filter, decided by a small BPF machine, and the same filter in the kernel."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys

import pytest
from cloche_server.walls.kernel import bpf, forking, libc, seccomp
from cloche_server.walls.kernel.syscalls import ALLOWED, DENIED, Allow, Deny, name_of, number_of

ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
ROWS: tuple[Allow | Deny, ...] = (*ALLOWED, *DENIED)


def decide(filters: seccomp.Filters, arch: int, number: int, *arguments: int) -> int:
    """The filters' answer to one system call: of several the strictest, as in the kernel."""
    programs = [each for each in (filters.table, filters.seal) if each is not None]
    # The kernel compares actions as signed numbers: KILL_PROCESS is the smallest.
    answers = [run(program, arch, number, *arguments) for program in programs]
    return min(answers, key=lambda answer: (answer & 0xFFFF_0000) ^ 0x8000_0000)


def run(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """One filter, as the kernel's interpreter would run it."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *arguments, *([0] * (6 - len(arguments))))
    accumulator, counter = 0, 0
    instructions = list(struct.iter_unpack("<HBBI", program))
    while True:
        code, true, false, value = instructions[counter]
        counter += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x15:
            counter += true if accumulator == value else false
        elif code == 0x35:
            counter += true if accumulator >= value else false
        elif code == 0x06:
            return int(value)
        else:
            raise AssertionError(f"unknown instruction {code:#x}")


@pytest.fixture(params=ARCH)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["notify", "kill"])
def notify(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def filters(machine: str, notify: bool) -> seccomp.Filters:
    return seccomp.build(machine, notify=notify)


def test_each_row_gets_its_answer(machine: str, filters: seccomp.Filters) -> None:
    for row in ROWS:
        number = getattr(row, machine)
        if number is None:
            continue
        if isinstance(row, Deny):
            expected = bpf.errno_action(row.errno)
            assert decide(filters, ARCH[machine], number) == expected, row.name
        elif not row.when:
            assert decide(filters, ARCH[machine], number) == bpf.ALLOW, row.name


def test_a_call_in_no_row_ends_the_sandbox(
    machine: str, filters: seccomp.Filters, notify: bool
) -> None:
    known = {getattr(row, machine) for row in ROWS}
    itself = {"x86_64": 317, "aarch64": 277}[machine]
    for number in set(range(600)) - known:
        notified = notify and number != itself
        expected = bpf.NOTIFY if notified else bpf.KILL_PROCESS
        assert decide(filters, ARCH[machine], number) == expected, number


def test_before_the_seal_two_calls_more(machine: str) -> None:
    """What the handover of the listener needs, and nothing else."""
    filters = seccomp.build(machine, notify=True)
    more = {
        number
        for number in range(600)
        if run(filters.table, ARCH[machine], number) == bpf.ALLOW
        and decide(filters, ARCH[machine], number) != bpf.ALLOW
    }
    assert more == {"x86_64": {46, 317}, "aarch64": {211, 277}}[machine]


def test_of_a_session_a_plain_fork_alone_is_for_the_front(machine: str) -> None:
    number = number_of("clone", machine)
    own, plain = (seccomp.build(machine, notify=True, forks=forks) for forks in (True, False))
    threads, forks = 0x003D_0F00, forking.FORK_FLAGS
    assert decide(own, ARCH[machine], number, forks) == bpf.NOTIFY
    assert decide(plain, ARCH[machine], number, forks) == bpf.errno_action(errno.EPERM)
    for flags in (threads, 17, forks | 0x8000, forks & ~0x100_0000, forks | 0x1000_0000, 0):
        expected = decide(plain, ARCH[machine], number, flags)
        assert decide(own, ARCH[machine], number, flags) == expected, hex(flags)
    for other in set(range(600)) - {number}:
        assert decide(own, ARCH[machine], other) == decide(plain, ARCH[machine], other), other


def test_no_fork_where_nobody_is_asked(machine: str) -> None:
    with pytest.raises(ValueError, match="nobody is asked"):
        seccomp.build(machine, notify=False, forks=True)


def test_another_architectures_numbers_kill(machine: str, filters: seccomp.Filters) -> None:
    i386 = 0x4000_0003
    assert decide(filters, i386, 1) == bpf.KILL_PROCESS
    if machine == "x86_64":
        assert decide(filters, ARCH[machine], 0x4000_0000) == bpf.KILL_PROCESS


@pytest.mark.parametrize(
    ("name", "passes", "fails"),
    [
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 7, 0x22)),
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 3, 0x21)),
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 3, 0x03)),
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 3, 0x4_0022)),
        ("futex", (0, 0x189), (0, 0x86)),
        ("futex", (0, 0x80), (0, 0x18B)),
        ("mprotect", (0, 4096, 1), (0, 4096, 5)),
        ("clone", (0x3D0F00,), (17,)),
        ("clone", (0x3D0F00,), (0x3D0F00 | 0x1000_0000,)),
        ("madvise", (0, 0, 4), (0, 0, 25)),
        ("prlimit64", (0,), (1,)),
    ],
)
def test_bound_arguments(
    machine: str,
    filters: seccomp.Filters,
    name: str,
    passes: tuple[int, ...],
    fails: tuple[int, ...],
) -> None:
    (row,) = [row for row in ALLOWED if row.name == name]
    number = getattr(row, machine)
    assert decide(filters, ARCH[machine], number, *passes) == bpf.ALLOW
    assert decide(filters, ARCH[machine], number, *fails) & 0xFFFF_0000 == 0x0005_0000


def test_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.build("riscv64", notify=True)


KERNEL = """
import ctypes, os, sys
from cloche_server.walls.kernel import libc, identity, seccomp
identity.forbid_new_privileges()
seccomp.load(seccomp.build(notify=NOTIFY), CHANNEL)
ACT
os._exit(0)
"""
OPEN = "try: os.open('/etc/passwd', 0)\nexcept OSError as e: os.write(1, str(e.errno).encode())"
FORK = "try: os.fork()\nexcept OSError as e: os.write(1, str(e.errno).encode())"
MAP = "try: libc.mmap(9, 7, 0x22, -1)\nexcept OSError as e: os.write(1, str(e.errno).encode())"
SEND = (
    "try: libc.syscall(seccomp.number_of('sendmsg', libc.MACHINE), CHANNEL, 0, 0)\n"
    "except OSError as e: os.write(1, str(e.errno).encode())"
)
WRITE = "os.write(1, str(e.errno).encode())"
MOUNT = "ctypes.CDLL(None).mount(0, 0, 0, 0, 0)\nos.write(1, b'made')"
SECCOMP = (
    "ctypes.CDLL(None).syscall(seccomp.number_of('seccomp', libc.MACHINE), 1, 0, 0)\n"
    "os.write(1, b'made')"
)


class Locked:
    """A process behind the filter, and the front's end of its channel."""

    def __init__(self, act: str, *, notify: bool) -> None:
        if notify and not seccomp.can_notify():
            pytest.skip("this kernel notifies nobody of a forbidden call")
        self.front, back = socket.socketpair()
        source = KERNEL.replace("NOTIFY", str(notify)).replace("ACT", act)
        self.process = subprocess.Popen(
            [sys.executable, "-c", source.replace("CHANNEL", str(back.fileno()))],
            pass_fds=[back.fileno()],
            stdout=subprocess.PIPE,
        )
        back.close()

    def greeting(self) -> list[int]:
        said, descriptors, _, _ = socket.recv_fds(self.front, 1, 4)
        assert said == seccomp.GREETING
        return list(descriptors)

    def end(self) -> tuple[int, str]:
        out, _ = self.process.communicate(timeout=20)
        self.front.close()
        return self.process.returncode, out.decode()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("os.write(1, b'still here')", "still here"),
        (OPEN, str(errno.EPERM)),
        (FORK, str(errno.EPERM)),
        (MAP, str(errno.EPERM)),
        (SEND, str(errno.EPERM)),
    ],
)
def test_the_kernel_agrees(act: str, expected: str, notify: bool) -> None:
    locked = Locked(act, notify=notify)
    assert len(locked.greeting()) == notify
    assert locked.end() == (0, expected)


@pytest.mark.parametrize(("act", "notify"), [(MOUNT, False), (SECCOMP, False), (SECCOMP, True)])
def test_the_kernel_kills(act: str, notify: bool) -> None:
    locked = Locked(act, notify=notify)
    locked.greeting()
    assert locked.end() == (-signal.SIGSYS, "")


def test_a_forbidden_call_stands_still_until_it_is_named() -> None:
    """And is refused, should nobody be left who could."""
    locked = Locked(
        f"try: libc.mount(b'', b'', None, 0, None)\nexcept OSError as e: {WRITE}", notify=True
    )
    (listener,) = locked.greeting()
    try:
        found = bytearray(seccomp.NOTIFICATION.size)
        fcntl.ioctl(listener, 0xC050_2100, found, True)
        number = seccomp.NOTIFICATION.unpack(found)[3]
        assert name_of(number, libc.MACHINE).startswith("mount (")
        assert locked.process.poll() is None
    finally:
        os.close(listener)
    assert locked.end() == (0, str(errno.ENOSYS))
