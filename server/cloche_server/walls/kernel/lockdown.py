"""The kernel wall: the steps by which a fresh fork becomes a sandbox, in the order they are taken.

Who runs it: the child, first thing after the fork, before it knows anything about its call.
Order: what needs power comes first, what takes power away comes after it, and the filter that
forbids all the rest comes last. A step that fails ends the process: no sandbox is half locked.

Between the two halves a sandbox may do what needs more than the filter leaves it: map weights that
it was handed, start the threads of its libraries. Namespaces, Landlock and capabilities bind the
thread that asks and those that it starts later, so they come before; what is left binds the whole
process, the filter too (SECCOMP_FILTER_FLAG_TSYNC), and comes after.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cloche_server.walls.kernel import identity, landlock, limits, namespaces, seccomp

# Where a sandbox finds its only descriptor.
CHANNEL: Final = 3
MOST_DESCRIPTORS: Final = 1 << 20


class LockdownError(Exception):
    """The kernel wall does not stand; the message says which step failed and what to change."""


@dataclass(frozen=True, kw_only=True)
class Materials:
    """What the zygote prepares once, so that a step has nothing left to work out."""

    channel: int
    ceiling: limits.Ceiling
    address_space_bytes: int
    filters: seccomp.Filters
    landlock_abi: int
    # An empty directory without a name, where every sandbox starts; None if none could be made.
    nowhere: int | None
    # Descriptors that are needed between the halves, and closed by the second.
    kept: tuple[int, ...] = ()
    # Whether there may be threads when the filter is loaded; it is then loaded for all of them.
    threads: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One layer of the wall."""

    name: str
    take: Callable[[Materials], None]
    why: str
    # What it closes alone, where the kernel has it. The proof finds that out anew; this says what
    # to look for among the other layers where it is missing.
    against: tuple[str, ...] = ()
    # Steps that must have been taken for this one to work.
    needs: tuple[str, ...] = ()
    # Steps whose power it uses where the kernel has them.
    after: tuple[str, ...] = ()
    # The step that is better, and makes this one needless.
    instead_of: str = ""
    # When it is taken, where the lockdown has two halves.
    half: Literal["first", "second", "both"] = "first"


def _descriptors(materials: Materials) -> None:
    # All above their new places first: one may stand where another goes.
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 256) for each in materials.kept]
    if materials.channel != CHANNEL:
        os.dup2(materials.channel, CHANNEL, inheritable=True)
    for place, each in zip(_places(materials), high, strict=True):
        os.dup2(each, place, inheritable=False)
    os.closerange(0, CHANNEL)
    os.closerange(CHANNEL + 1 + len(high), MOST_DESCRIPTORS)


def _places(materials: Materials) -> tuple[int, ...]:
    """Where the kept descriptors are once the others are closed."""
    return tuple(range(CHANNEL + 1, CHANNEL + 1 + len(materials.kept)))


def _environment(_: Materials) -> None:
    os.environ.clear()


def _limits(materials: Materials) -> None:
    limits.set_fixed()
    limits.lower_to(materials.ceiling, address_space_bytes=materials.address_space_bytes)


_FILES: Final = ("read files", "write files", "run programs")

_DESCRIPTORS: Final = Step(
    name="descriptors",
    take=_descriptors,
    why="nothing inherited but the pipe to the front",
    against=("use inherited descriptors",),
    half="both",
)
STEPS: Final[tuple[Step, ...]] = (
    _DESCRIPTORS,
    Step(
        name="environment",
        take=_environment,
        why="no variable is inherited; the zygote's own hold no secret",
        against=("read the environment",),
        half="both",
    ),
    Step(
        name="oom score",
        take=lambda _: limits.go_first(),
        why="when the machine runs out of memory, a sandbox is ended and not the model",
    ),
    Step(
        name="unprivileged user",
        take=lambda _: identity.become_unprivileged(),
        why="the server's root becomes a user that owns nothing",
        against=("signal other processes", "read other processes' memory"),
    ),
    Step(
        name="user namespace",
        take=lambda _: namespaces.own_user(),
        why="peers in another user namespace may not be traced, read or robbed of descriptors",
        against=("read other processes' memory",),
    ),
    Step(
        name="ipc namespace",
        take=lambda _: namespaces.own_ipc(),
        why="no queue or shared memory segment of the host has a name here",
        against=("attach others' shared memory",),
        needs=("user namespace",),
    ),
    Step(
        name="empty root",
        take=lambda _: namespaces.empty_root(),
        why="no file has a name here",
        against=_FILES,
        needs=("user namespace",),
    ),
    Step(
        name="empty directory",
        take=lambda _: namespaces.empty_directory(),
        why="the root is an empty directory without a name, of which no name leads out",
        against=_FILES,
        after=("user namespace",),
        instead_of="empty root",
    ),
    Step(
        name="no capabilities",
        take=lambda _: identity.drop_capabilities(),
        why="what the namespaces needed is given up, also for what could be run later",
        against=("read other processes' memory",),
    ),
    Step(
        name="death signal",
        take=lambda _: identity.die_with_parent(),
        why="dies with the zygote; after the changes of identity, which would clear it",
    ),
    Step(
        name="no new privileges",
        take=lambda _: identity.forbid_new_privileges(),
        why="no program run later could gain any; Landlock and the filter need it",
    ),
    Step(
        name="landlock",
        take=lambda materials: landlock.restrict(materials.landlock_abi),
        why="no file may be opened by any name or handle, no TCP port used, nobody signalled",
        against=(*_FILES, "signal other processes", "read other processes' memory"),
        needs=("no new privileges",),
    ),
    Step(
        name="no huge pages",
        take=lambda _: limits.no_huge_pages(),
        why="what stays of a huge page counts for less than it takes, so no watch would see it",
        half="second",
    ),
    Step(
        name="limits",
        take=_limits,
        why="memory, processor time, threads, file size",
        against=("outgrow the memory limit",),
        half="second",
    ),
    Step(
        name="not dumpable",
        take=lambda _: identity.hide_from_peers(),
        why="peers of the same user may not attach",
        half="second",
    ),
    Step(
        name="seccomp",
        take=lambda materials: seccomp.load(
            materials.filters, materials.channel, threads=materials.threads
        ),
        why="system calls outside the table do not exist; last, for it forbids the steps above",
        against=(
            *_FILES,
            "open sockets",
            "reach the network",
            "make processes",
            "signal other processes",
            "read other processes' memory",
            "attach others' shared memory",
            "make namespaces",
            "map executable memory",
        ),
        needs=("no new privileges",),
        half="second",
    ),
)


def lock_down(
    materials: Materials,
    layers: frozenset[str],
    between: Callable[[Sequence[int]], None] | None = None,
) -> Materials:
    """Takes the steps named in `layers`, in order.

    Args:
        between: what is done between the halves, given the kept descriptors. It may start threads,
            and what address space it takes is no part of what a call may add.

    Returns:
        The materials as they are now.

    Raises:
        LockdownError: a step failed; the caller must end the process.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        # Filters and namespaces bind the calling thread: another one would stay outside the wall.
        raise LockdownError("a second thread is running; a sandbox is locked down single-threaded")
    if between is not None:
        # Opened now: a sandbox has no /proc later.
        size = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        materials = replace(materials, kept=(*materials.kept, size))
    if materials.nowhere is not None:
        os.fchdir(materials.nowhere)
    materials = _take("first", materials, layers)
    if between is not None:
        *kept, size = materials.kept
        between(kept)
        pages = int(os.read(size, 64).split()[0])
        materials = replace(
            materials,
            kept=(),
            threads=True,
            address_space_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
        )
    return _take("second", materials, layers)


def _take(half: str, materials: Materials, layers: frozenset[str]) -> Materials:
    for step in STEPS:
        if step.name in layers and step.half in (half, "both"):
            try:
                step.take(materials)
            except (OSError, ValueError) as error:
                raise LockdownError(f"{step.name}: {error}") from None
            if step is _DESCRIPTORS:
                materials = replace(materials, channel=CHANNEL, kept=_places(materials))
    return materials


def for_sessions(materials: Materials, *, ceiling: limits.Ceiling) -> tuple[Materials, bool]:
    """The same for sandboxes that outlive their calls, and whether the front can let them fork."""
    notify = seccomp.can_notify()
    filters = seccomp.build(notify=notify, kill=seccomp.killing_action(), forks=notify)
    return replace(materials, ceiling=ceiling, filters=filters), notify


def prepare(*, ceiling: limits.Ceiling) -> Materials:
    """What every sandbox of this zygote shares."""
    try:
        abi = landlock.abi()
    except OSError:
        abi = 0
    try:
        nowhere: int | None = namespaces.make_nowhere()
    except OSError:
        nowhere = None
    return Materials(
        channel=CHANNEL,
        ceiling=ceiling,
        address_space_bytes=limits.address_space_bytes(),
        filters=seccomp.build(notify=seccomp.can_notify(), kill=seccomp.killing_action()),
        landlock_abi=abi,
        nowhere=nowhere,
    )
