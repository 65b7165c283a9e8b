"""The filter, decided by a small BPF machine, and the same filter in the kernel."""

from __future__ import annotations

import errno
import struct
import subprocess
import sys

import pytest
from cloche_server.sandbox import bpf, seccomp
from cloche_server.sandbox.syscalls import ALLOWED, DENIED, Allow, Deny

ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
ROWS: tuple[Allow | Deny, ...] = (*ALLOWED, *DENIED)


def decide(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """Runs the filter on one system call, as the kernel's interpreter would."""
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


def test_each_row_gets_its_answer(machine: str) -> None:
    program = seccomp.build(machine)
    for row in ROWS:
        number = getattr(row, machine)
        if number is None:
            continue
        if isinstance(row, Deny):
            expected = bpf.errno_action(row.errno)
            assert decide(program, ARCH[machine], number) == expected, row.name
        elif not row.when:
            assert decide(program, ARCH[machine], number) == bpf.ALLOW, row.name


def test_a_call_in_no_row_kills(machine: str) -> None:
    program = seccomp.build(machine)
    known = {getattr(row, machine) for row in ROWS}
    for number in set(range(600)) - known:
        assert decide(program, ARCH[machine], number) == bpf.KILL_PROCESS, number


def test_another_architectures_numbers_kill(machine: str) -> None:
    program = seccomp.build(machine)
    i386 = 0x4000_0003
    assert decide(program, i386, 1) == bpf.KILL_PROCESS
    if machine == "x86_64":
        assert decide(program, ARCH[machine], 0x4000_0000) == bpf.KILL_PROCESS


@pytest.mark.parametrize(
    ("name", "passes", "fails"),
    [
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 7, 0x22)),
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 3, 0x21)),
        ("mmap", (0, 4096, 3, 0x22), (0, 4096, 3, 0x03)),
        ("mprotect", (0, 4096, 1), (0, 4096, 5)),
        ("clone", (0x3D0F00,), (17,)),
        ("clone", (0x3D0F00,), (0x3D0F00 | 0x1000_0000,)),
        ("madvise", (0, 0, 4), (0, 0, 25)),
        ("prlimit64", (0,), (1,)),
    ],
)
def test_bound_arguments(
    machine: str, name: str, passes: tuple[int, ...], fails: tuple[int, ...]
) -> None:
    program = seccomp.build(machine)
    (row,) = [row for row in ALLOWED if row.name == name]
    number = getattr(row, machine)
    assert decide(program, ARCH[machine], number, *passes) == bpf.ALLOW
    assert decide(program, ARCH[machine], number, *fails) & 0xFFFF_0000 == 0x0005_0000


def test_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.build("riscv64")


KERNEL = """
import ctypes, os, sys
from cloche_server.sandbox import _libc, identity, seccomp
identity.forbid_new_privileges()
seccomp.load(seccomp.build())
{act}
"""


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("os.write(1, b'still here')", "still here"),
        ("try: os.open('/etc/passwd', 0)\nexcept OSError as e: os.write(1, str(e.errno).encode())",
         str(errno.EPERM)),
        ("try: os.fork()\nexcept OSError as e: os.write(1, str(e.errno).encode())",
         str(errno.EPERM)),
        ("try: _libc.mmap(9, 7, 0x22, -1)\nexcept OSError as e: os.write(1, str(e.errno).encode())",
         str(errno.EPERM)),
    ],
)  # fmt: skip
def test_the_kernel_agrees(act: str, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KERNEL.format(act=act) + "\nos._exit(0)"], capture_output=True
    )
    assert (done.returncode, done.stdout.decode()) == (0, expected), done.stderr.decode()


def test_the_kernel_kills_for_a_call_in_no_row() -> None:
    act = "ctypes.CDLL(None).syscall(165, 0, 0, 0, 0, 0)"  # mount on x86-64
    done = subprocess.run([sys.executable, "-c", KERNEL.format(act=act)], capture_output=True)
    assert done.returncode == -31
