"""Copy a session's process: each fork is granted alone, by the front, which asked for it.

The filter of a session stops a plain fork where a call's answers it with an errno: the kernel holds
the caller and asks whoever has the filter's listener (`front/gate.py`). The front lets one fork
pass for each that it has ordered, and kills whoever tries another; that a technique took over the
process changes neither. Flags are passed in registers, so what was judged is what is done.

The copy has its parent's channel, and no other. It announces itself by a call that does nothing,
and the front answers by putting a channel of the copy's own in that one's place.
Source: seccomp_unotify(2), "SECCOMP_IOCTL_NOTIF_ADDFD"; glibc's fork, sysdeps/nptl/fork.h.
"""

from __future__ import annotations

import os
import signal
from typing import Final

from cloche_server.walls.kernel import bpf, libc
from cloche_server.walls.kernel.syscalls import number_of

#: CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD: what glibc's fork passes, and nothing more.
FORK_FLAGS: Final = 0x0120_0011
#: Is forbidden, so that a call that makes it is killed.
ANNOUNCE: Final = "getsid"


def filter_row(machine: str) -> list[bpf.Instruction]:
    """What goes before a table's other rows: a plain fork is for the front to grant."""
    block = [
        bpf.load(bpf.argument(0)),
        bpf.skip_unless_equal(FORK_FLAGS, 1),
        bpf.answer(bpf.NOTIFY),
        bpf.load(bpf.NUMBER),
    ]
    return [bpf.skip_unless_equal(number_of("clone", machine), len(block)), *block]


def leave_no_zombies() -> None:
    """Before the lockdown, which forbids both waiting and handlers: the kernel reaps copies."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def fork() -> bool:
    """Copies the calling process, and of its threads this one; returns whether this is the copy.

    Raises:
        OSError: the kernel has no room for another process.
    """
    if os.fork():
        return False
    libc.syscall(number_of(ANNOUNCE, libc.MACHINE), 0)
    return True
