"""Namespaces: an own user, an empty root, nobody else's processes, no network.

Paid once, by the launcher of the zygote: user, pid, network, ipc, mount and uts namespaces of the
zygote (`zygote/launcher.py`). Paid by each sandbox: its own user namespace, because processes that
share one may read each other's memory; its own pid namespace, because only that keeps it from
signalling its siblings; and an empty root. The zygote's network namespace is inherited: it is empty
and belongs to the zygote's user namespace, so a sandbox has no power over it.
Source: namespaces(7), user_namespaces(7), pivot_root(2).
"""

from __future__ import annotations

import contextlib
import os
from typing import Final

from cloche_server.sandbox import _libc

_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}


def own_user() -> None:
    """Enters a user namespace of its own, in which it is the only user there is."""
    uid, gid = os.getuid(), os.getgid()
    _libc.unshare(_libc.CLONE_NEWUSER)
    with contextlib.suppress(FileNotFoundError):  # gVisor has no such file, and asks for none
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def own_ipc() -> None:
    """Leaves System V and POSIX queues, the host's name and the control groups' paths behind."""
    _libc.unshare(_libc.CLONE_NEWIPC | _libc.CLONE_NEWUTS)


def empty_root() -> None:
    """Exchanges the root for an empty, read-only tmpfs of which no name leads out."""
    _libc.unshare(_libc.CLONE_NEWNS)
    _libc.mount(b"none", b"/", None, _libc.MS_REC | _libc.MS_PRIVATE, None)
    flags = _libc.MS_RDONLY | _libc.MS_NOSUID | _libc.MS_NODEV | _libc.MS_NOEXEC
    # Any directory will do as the place to mount on; /proc exists wherever Python runs.
    _libc.mount(b"empty", b"/proc", b"tmpfs", flags, b"size=4k,mode=0")
    os.chdir("/proc")
    _libc.syscall(_PIVOT_ROOT[_libc.MACHINE], b".", b".")
    _libc.umount2(b".", _libc.MNT_DETACH)
    os.chdir("/")


class PidNamespaces:
    """In the zygote: a pid namespace of its own for each child it forks.

    A process may not unshare twice in a row; going back to its own namespace makes it possible
    again (both together 30 us).

    Raises:
        OSError: the kernel refuses pid namespaces to this process.
    """

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self.before_fork()
        self.after_fork()

    def before_fork(self) -> None:
        """The next child will be process 1 of a new namespace."""
        _libc.unshare(_libc.CLONE_NEWPID)

    def after_fork(self) -> None:
        """Children are born into the zygote's own namespace again."""
        _libc.setns(self._own, _libc.CLONE_NEWPID)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
