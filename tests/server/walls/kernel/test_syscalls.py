"""The table of system calls: right numbers, reasons everywhere, nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cloche_server.walls.kernel.holes import HOLES
from cloche_server.walls.kernel.syscalls import (
    ALLOWED,
    DENIED,
    FORBIDDEN,
    HANDOVER,
    SYSCALLS,
    Allow,
    name_of,
    number_of,
)

ROWS = [*ALLOWED, *DENIED, *FORBIDDEN]
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
# asm-generic names some calls by their 64-bit twins.
RENAMED = {"aarch64": {"newfstatat": "fstatat"}}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("no kernel headers on this machine")
    pattern = re.compile(r"#define __NR(?:3264)?_(\w+)\s+(\d+)")
    numbers = {name: int(number) for name, number in pattern.findall(header.read_text())}
    newest = max(number for name, number in numbers.items() if name != "syscalls")
    for row in ROWS:
        number = getattr(row, machine)
        name = RENAMED.get(machine, {}).get(row.name, row.name)
        if number is None or number <= newest:
            assert number == numbers.get(name), row.name


def test_every_call_of_x86_64_was_looked_at() -> None:
    """arm64's header names each call of every 32-bit machine as well: its numbers tell nothing."""
    header = HEADERS["x86_64"]
    if not header.exists():
        pytest.skip("no kernel headers on this machine")
    names = set(re.findall(r"#define __NR_(\w+) \d+", header.read_text()))
    assert names - {row.name for row in ROWS} == set()


def test_a_call_is_named() -> None:
    assert name_of(165, "x86_64") == "mount (165)"
    assert name_of(40, "aarch64") == "mount (40)"
    assert name_of(9999, "x86_64") == "unknown (9999)"


def test_a_call_has_its_number() -> None:
    assert number_of("mount", "aarch64") == 40
    with pytest.raises(LookupError, match="aarch64 has no system call fork"):
        number_of("fork", "aarch64")


def test_what_an_attempt_of_the_proof_needs_is_refused_or_bound() -> None:
    for hole in HOLES:
        for name in hole.calls:
            row = SYSCALLS[name]
            assert not isinstance(row, Allow) or row.when, (hole.name, name)


def test_what_the_handover_needs_is_refused_after_it() -> None:
    assert not {each.name for each in HANDOVER} & {row.name for row in ALLOWED}


def test_every_row_has_a_reason_and_no_call_two_rows() -> None:
    assert all(row.why for row in ROWS)
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
    for machine in HEADERS:
        numbers = [number for row in ROWS if (number := getattr(row, machine)) is not None]
        assert len(numbers) == len(set(numbers))


def test_what_must_never_be_allowed_is_not() -> None:
    allowed = {row.name for row in ALLOWED}
    dangerous = {
        "open", "openat", "openat2", "execve", "execveat", "fork", "vfork", "clone3", "socket",
        "connect", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kill",
        "tkill", "tgkill", "unshare", "setns", "mount", "bpf", "keyctl", "perf_event_open",
        "userfaultfd", "io_uring_setup", "memfd_create", "pipe", "pipe2", "socketpair",
        "sendmsg", "recvmsg", "prctl", "ioctl", "seccomp",
    }  # fmt: skip
    assert not allowed & dangerous


@pytest.mark.parametrize("name", ["mmap", "mprotect", "madvise", "clone", "prlimit64"])
def test_calls_with_a_dangerous_argument_bind_it(name: str) -> None:
    (row,) = [row for row in ALLOWED if row.name == name]
    assert row.when
