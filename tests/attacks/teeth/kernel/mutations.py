"""One mutation for every layer, row and limit of the kernel wall.

`along` names what overlaps: layers that close the same hole and are taken away as well. With them
gone the rule must hold the act alone; with the rule gone too, the act must work.
"""

from __future__ import annotations

import resource
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from cloche_server.walls.kernel.syscalls import DENIED

from tests.attacks.teeth.kernel import acts
from tests.attacks.teeth.kernel.acts import HOLES, Act


@dataclass(frozen=True, kw_only=True)
class KernelMutation:
    """Takes `rule` away, and what lies over it; then `act` must work."""

    rule: str
    act: Act
    along: tuple[str, ...] = ()
    cpu_s: float = 60.0
    needs_network: bool = False
    needs_root: bool = False
    name: str = ""


_FILTER: Final = "step: seccomp"
_LANDLOCK: Final = "step: landlock"
_ROOT: Final = "step: empty root"
_PIDS: Final = "pid namespace"
_USER: Final = "step: user namespace"
_DUMP: Final = "step: not dumpable"
_PRIVILEGES: Final = "step: no new privileges"
_CAPABILITIES: Final = "step: no capabilities"
_UNPRIVILEGED: Final = "step: unprivileged user"
_DIRECTORY: Final = "step: empty directory"
_FILES: Final = (_FILTER, _LANDLOCK, _ROOT, _DIRECTORY)

_STEPS: Final = (
    KernelMutation(rule="step: descriptors", act=HOLES["use inherited descriptors"]),
    KernelMutation(rule="step: environment", act=HOLES["read the environment"]),
    KernelMutation(rule="step: oom score", act=acts.be_spared, along=_FILES),
    KernelMutation(
        rule=_UNPRIVILEGED,
        act=acts.read_roots_file,
        along=(*_FILES, _USER, _CAPABILITIES),
        needs_root=True,
    ),
    KernelMutation(rule=_USER, act=acts.read_sibling, along=(_FILTER, _LANDLOCK, _PIDS, _DUMP)),
    KernelMutation(rule="step: ipc namespace", act=acts.read_segment, along=(_FILTER,)),
    KernelMutation(rule=_ROOT, act=HOLES["read files"], along=(_FILTER, _LANDLOCK, _DIRECTORY)),
    KernelMutation(rule=_DIRECTORY, act=HOLES["read files"], along=(_FILTER, _LANDLOCK, _ROOT)),
    KernelMutation(rule="step: limits", act=HOLES["outgrow the memory limit"]),
    KernelMutation(rule="step: no huge pages", act=acts.take_huge_page, along=(_FILTER,)),
    KernelMutation(rule=_CAPABILITIES, act=acts.mount_something, along=_FILES),
    KernelMutation(rule="step: death signal", act=acts.outlive, along=(_FILTER,)),
    KernelMutation(rule=_DUMP, act=acts.read_sibling, along=(_FILTER, _LANDLOCK, _PIDS, _USER)),
    KernelMutation(
        rule=_PRIVILEGES,
        act=acts.run_setuid,
        along=(*_FILES, _USER, _CAPABILITIES),
        needs_root=True,
    ),
    KernelMutation(rule=_LANDLOCK, act=HOLES["read files"], along=(_FILTER, _ROOT, _DIRECTORY)),
    KernelMutation(rule=_FILTER, act=HOLES["make processes"]),
    KernelMutation(rule=_PIDS, act=acts.signal_sibling, along=(_FILTER, _LANDLOCK)),
    KernelMutation(
        rule="network namespace",
        act=acts.connect,
        along=(_FILTER, _LANDLOCK),
    ),
    KernelMutation(
        rule="lockdown: a single thread",
        act=acts.stow_away,
        along=(_ROOT, _DIRECTORY, _USER, "step: ipc namespace"),
    ),
    KernelMutation(
        rule="landlock: files", act=HOLES["read files"], along=(_FILTER, _ROOT, _DIRECTORY)
    ),
    KernelMutation(
        rule="landlock: ports", act=acts.connect_by_tcp, along=(_FILTER,), needs_network=True
    ),
    KernelMutation(rule="landlock: scopes", act=acts.talk_outside, along=(_FILTER,)),
)

_LIMITS: Final = (
    KernelMutation(rule="limit: RLIMIT_AS", act=HOLES["outgrow the memory limit"]),
    KernelMutation(rule="limit: RLIMIT_CPU", act=acts.burn, cpu_s=1.0),
    KernelMutation(rule="limit: RLIMIT_CORE", act=acts.raise_limit(resource.RLIMIT_CORE)),
    KernelMutation(rule="limit: RLIMIT_FSIZE", act=acts.write_file, along=_FILES),
    KernelMutation(rule="limit: RLIMIT_NOFILE", act=acts.open_many, along=(_FILTER,)),
    KernelMutation(rule="limit: RLIMIT_MEMLOCK", act=acts.lock_memory, along=(_FILTER,)),
    KernelMutation(rule="limit: RLIMIT_NPROC", act=acts.make_many, along=(_FILTER,)),
    KernelMutation(rule="limit: RLIMIT_STACK", act=acts.raise_limit(resource.RLIMIT_STACK)),
)

_ARGUMENTS: Final = (
    KernelMutation(rule="argument: futex 0", act=acts.lend_priority),
    KernelMutation(rule="argument: futex 1", act=acts.wake_others),
    KernelMutation(rule="argument: mmap 0", act=acts.run_own_code),
    KernelMutation(rule="argument: mmap 1", act=acts.share_memory),
    KernelMutation(rule="argument: mprotect 0", act=acts.run_changed_code),
    KernelMutation(rule="argument: madvise 0", act=acts.give_other_advice),
    KernelMutation(rule="argument: clone 0", act=acts.make_process("clone")),
    KernelMutation(rule="argument: prlimit64 0", act=acts.limit_sibling, along=(_PIDS,)),
)

#: What the loader and a shell do before their first line.
_WHAT_PROGRAMS_NEED: Final = (
    *(f"system call: {name}" for name in ("open", "openat", "fstat", "newfstatat", "access")),
    *(f"system call: {name}" for name in ("pread64", "arch_prctl", "getuid", "getppid", "geteuid")),
    *("argument: mmap 0", "argument: mprotect 0", "filter: calls in no row"),
)
#: Rows whose acts are more than being answered by the kernel.
_ROWS: Final = (
    KernelMutation(
        rule="system call: openat", act=HOLES["read files"], along=(_LANDLOCK, _ROOT, _DIRECTORY)
    ),
    KernelMutation(
        rule="system call: execve",
        act=HOLES["run programs"],
        along=(_LANDLOCK, _ROOT, _DIRECTORY, *_WHAT_PROGRAMS_NEED),
    ),
    KernelMutation(rule="system call: fork", act=acts.make_process("fork")),
    KernelMutation(
        rule="system call: vfork", act=acts.make_process_by_vfork, along=("argument: mmap 0",)
    ),
    KernelMutation(rule="system call: unshare", act=HOLES["make namespaces"]),
    KernelMutation(rule="system call: socket", act=HOLES["open sockets"]),
    KernelMutation(rule="system call: kill", act=acts.signal_sibling, along=(_PIDS, _LANDLOCK)),
    KernelMutation(
        rule="system call: process_vm_readv",
        act=acts.read_sibling,
        along=(_PIDS, _LANDLOCK, _USER, _DUMP),
    ),
    KernelMutation(
        rule="system call: ptrace", act=acts.trace_sibling, along=(_PIDS, _LANDLOCK, _USER, _DUMP)
    ),
)
_DONE: Final = {mutation.rule for mutation in _ROWS}
_REACHED: Final = tuple(
    KernelMutation(rule=f"system call: {row.name}", act=acts.reach(row.name))
    for row in DENIED
    if f"system call: {row.name}" not in _DONE
)

_FILTERS: Final = (
    KernelMutation(
        rule="filter: other architectures",
        act=acts.dodge_by_i386,
        along=("argument: mmap 0", _LANDLOCK, _ROOT, _DIRECTORY),
    ),
    *(
        KernelMutation(rule="filter: calls in no row", act=acts.reach(name))
        for name in acts.UNLISTED
    ),
    KernelMutation(rule="seal: sendmsg", act=acts.hand_over),
    KernelMutation(rule="seal: seccomp", act=acts.put_filter),
)  # fmt: skip


def _named(mutations: tuple[KernelMutation, ...]) -> tuple[KernelMutation, ...]:
    seen: Counter[str] = Counter()
    named = []
    for each in mutations:
        seen[each.rule] += 1
        count = seen[each.rule]
        named.append(replace(each, name=each.rule if count == 1 else f"{each.rule} ({count})"))
    return tuple(named)


MUTATIONS: Final = _named((*_STEPS, *_LIMITS, *_ARGUMENTS, *_ROWS, *_REACHED, *_FILTERS))

#: Rules that no act needs, each with the reason.
EXEMPT: Final = {
    "filter: numbers of x32": "they match no row either, and what matches no row is killed",
    "filter: stop and notify": "without it what matches no row is killed, and so are most acts"
    " here; only the name of the call is lost; tests/server/walls/kernel/test_seccomp.py",
}
