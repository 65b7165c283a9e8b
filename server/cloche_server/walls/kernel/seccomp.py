"""seccomp: which system calls exist for a sandbox. Built once in the zygote, loaded by each child.

A forbidden call must end the sandbox, and somebody must be able to say which call it was. So the
kernel is asked to stop the caller there and to notify whoever holds the filter's *listener*: the
front (`front/witness.py`), which names the call and has the sandbox killed. The call itself is
never made; should the front be gone, the kernel refuses it (ENOSYS).

The listener can only be made by the child, and the child must hand it over behind the filter that
made it. Hence two filters: `table` is the whole table and leaves open, for a moment and before any
caller's byte is in the process, the two calls of the handover; `seal` then closes those two. Of two
filters the stricter answer counts.
Source: seccomp(2), seccomp_unotify(2), Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.kernel import bpf, forking, libc
from cloche_server.walls.kernel.syscalls import (
    ALLOWED,
    DENIED,
    HANDOVER,
    Allow,
    Deny,
    Masked,
    OneOf,
    number_of,
)

_AUDIT_ARCH: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_SET_MODE_FILTER: Final = 1
_GET_ACTION_AVAIL: Final = 2
_GET_NOTIF_SIZES: Final = 3
_TSYNC: Final = 1
_NEW_LISTENER: Final = 8
# With a listener TSYNC cannot answer with the thread that it failed for, which it must be told.
_TSYNC_ESRCH: Final = 16
# x86-64 also answers to x32 numbers, which have this bit and would dodge every row.
_X32_BIT: Final = 0x4000_0000

# sizeof(struct seccomp_notif), which the front reads: id, pid, flags, and struct seccomp_data.
NOTIFICATION: Final = struct.Struct("<QIIiIQ6Q")

# The first thing that a sandbox sends: with the listener, or alone where there is none.
GREETING: Final = b"\x00"


@dataclass(frozen=True)
class Filters:
    """BPF programs. Without `seal`, forbidden calls kill and nobody is notified."""

    table: bytes
    seal: bytes | None


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def build(
    machine: str = libc.MACHINE,
    *,
    notify: bool,
    kill: int = bpf.KILL_PROCESS,
    forks: bool = False,
) -> Filters:
    """The filters for `machine`.

    Args:
        notify: forbidden calls stop the caller and notify the front.
        kill: how all that is not to be named ends the process; see `killing_action`.
        forks: of a session: whoever is notified may let it fork.

    Raises:
        ValueError: no numbers are known for this machine; nobody is notified who could let it fork.
    """
    if machine not in _AUDIT_ARCH:
        raise ValueError(f"seccomp: no table of system calls for {machine}")
    if forks and not notify:
        raise ValueError("seccomp: a fork that nobody is asked about is never let through")
    table = _prologue(machine, kill)
    if forks:
        table += forking.filter_row(machine)
    if notify:
        for each in HANDOVER:
            table += _row(number_of(each.name, machine), [bpf.answer(bpf.ALLOW)])
    rows: tuple[Allow | Deny, ...] = (*ALLOWED, *DENIED)
    for row in rows:
        number = row.number(machine)
        if number is not None:
            table += _row(number, _block(row))
    table.append(bpf.answer(bpf.NOTIFY if notify else kill))
    seal = _prologue(machine, kill)
    for each in HANDOVER:
        after = kill if each.errno is None else bpf.errno_action(each.errno)
        seal += _row(number_of(each.name, machine), [bpf.answer(after)])
    seal.append(bpf.answer(bpf.ALLOW))
    return Filters(b"".join(table), b"".join(seal) if notify else None)


def can_notify() -> bool:
    """Whether this kernel notifies, in the form that the front reads. gVisor does not."""
    sizes = ctypes.create_string_buffer(6)
    try:
        libc.syscall(_seccomp_number(), _GET_NOTIF_SIZES, 0, sizes)
    except OSError:
        return False
    (notification, _, _) = struct.unpack("<HHH", sizes.raw)
    return bool(notification == NOTIFICATION.size)


def killing_action() -> int:
    """What ends a whole process here: on gVisor, where KILL_PROCESS ends one thread, a trap.

    Nobody behind the filter can set a handler for its SIGSYS. Who blocks the signal outlives the
    call on gVisor, but the call is not made there either.
    """
    action = ctypes.c_uint32(bpf.KILL_PROCESS)
    try:
        libc.syscall(_seccomp_number(), _GET_ACTION_AVAIL, 0, ctypes.byref(action))
    except OSError:
        return bpf.TRAP
    return bpf.KILL_PROCESS


def load(filters: Filters, channel: int, *, threads: bool = False) -> None:
    """Puts the filters on the calling thread, for good, and greets the front. Needs no_new_privs.

    The greeting carries the listener, of which no copy stays here.

    Args:
        threads: and on all other threads of the process, or on none.

    Raises:
        OSError: the kernel takes no filter, or one of the threads has another already.
    """
    all_threads = _TSYNC if threads else 0
    if filters.seal is None:
        _load(filters.table, all_threads)
        os.write(channel, GREETING)
        return
    # Made before the filter, behind which a socket could not be asked what it is.
    front = socket.socket(fileno=channel)
    with_listener = all_threads | _TSYNC_ESRCH if threads else 0
    listener = _load(filters.table, _NEW_LISTENER | with_listener)
    socket.send_fds(front, [GREETING], [listener])
    os.close(listener)
    front.detach()
    _load(filters.seal, all_threads)


def _seccomp_number() -> int:
    return number_of("seccomp", libc.MACHINE)


def _load(program: bytes, flags: int) -> int:
    """Returns the listener, where one is asked for."""
    header = _Program(len(program) // 8, program)
    number = _seccomp_number()
    answer = libc.syscall(number, _SET_MODE_FILTER, flags, ctypes.byref(header))
    if answer and not flags & _NEW_LISTENER:
        # TSYNC alone answers with the first thread that it could not bind, and binds none.
        raise OSError(errno.ESRCH, f"thread {answer} has a filter of its own")
    return answer


def _prologue(machine: str, kill: int) -> list[bpf.Instruction]:
    """Other architectures' numbers kill; then the number is loaded."""
    program = [
        bpf.load(bpf.ARCH),
        bpf.skip_if_equal(_AUDIT_ARCH[machine], 1),
        bpf.answer(kill),
        bpf.load(bpf.NUMBER),
    ]
    if machine == "x86_64":
        program += [bpf.skip_if_below(_X32_BIT, 1), bpf.answer(kill)]
    return program


def _row(number: int, block: list[bpf.Instruction]) -> list[bpf.Instruction]:
    return [bpf.skip_unless_equal(number, len(block)), *block]


def _block(row: Allow | Deny) -> list[bpf.Instruction]:
    """What happens once the number has matched; every path answers."""
    if isinstance(row, Deny):
        return [bpf.answer(bpf.errno_action(row.errno))]
    block = [instruction for condition in row.when for instruction in _unless(condition)]
    return [*block, bpf.answer(bpf.ALLOW)]


def _unless(condition: Masked | OneOf) -> list[bpf.Instruction]:
    """Answers with the condition's errno unless it holds; then the next instruction is reached."""
    refuse = bpf.answer(bpf.errno_action(condition.otherwise))
    block = [bpf.load(bpf.argument(condition.argument))]
    match condition:
        case Masked(mask=mask, value=value):
            block += [bpf.mask(mask), bpf.skip_if_equal(value, 1)]
        case OneOf(values=values, mask=mask):
            block.append(bpf.mask(mask))
            left = len(values)
            for value in values:
                block.append(bpf.skip_if_equal(value, left))
                left -= 1
    return [*block, refuse]
