"""Namespaces: an own user, an empty root, nobody else's processes, no network.

Paid once, by the launcher of the zygote: user, pid, network, ipc, mount and uts namespaces of the
zygote (`zygote/launcher.py`). Paid by each sandbox: its own user namespace, because processes that
share one may read each other's memory; its own pid namespace, because only that keeps it from
signalling its siblings; and an empty root, or where nothing can be mounted an empty directory for
a root. The zygote's network namespace is inherited: it is empty and belongs to the zygote's user
namespace, so a sandbox has no power over it.
Source: namespaces(7), user_namespaces(7), pivot_root(2), chroot(2).
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from typing import Final

from cloche_server.walls.kernel import identity, libc

_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}


def own_user() -> None:
    """Enters a user namespace of its own, in which it is the only user there is."""
    uid, gid = os.getuid(), os.getgid()
    try:
        libc.unshare(libc.CLONE_NEWUSER)
    except OSError as error:
        if error.errno != errno.ENOSPC:  # "No space left on device": what is meant is their number
            raise
        text = "no more user namespaces are allowed; raise sysctl user.max_user_namespaces"
        raise OSError(errno.ENOSPC, text) from None
    with contextlib.suppress(FileNotFoundError):  # gVisor has no such file, and asks for none
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def own_ipc() -> None:
    """Leaves System V and POSIX queues, the host's name and the control groups' paths behind."""
    libc.unshare(libc.CLONE_NEWIPC | libc.CLONE_NEWUTS)


def empty_root() -> None:
    """Exchanges the root for an empty, read-only tmpfs of which no name leads out."""
    _own_mounts()
    libc.mount(b"none", b"/", None, libc.MS_REC | libc.MS_PRIVATE, None)
    flags = libc.MS_RDONLY | libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC
    # Any directory will do as the place to mount on; /proc exists wherever Python runs.
    libc.mount(b"empty", b"/proc", b"tmpfs", flags, b"size=4k,mode=0")
    os.chdir("/proc")
    libc.syscall(_PIVOT_ROOT[libc.MACHINE], b".", b".")
    libc.umount2(b".", libc.MNT_DETACH)
    os.chdir("/")


def make_nowhere() -> int:
    """A descriptor of an empty directory that has no name any more: nothing can be made in it."""
    path = tempfile.mkdtemp(prefix="cloche-nowhere-")
    try:
        os.chmod(path, 0o555)  # noqa: S103  # whoever a sandbox becomes has to enter it
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finally:
        os.rmdir(path)


def empty_directory() -> None:
    """Makes the working directory, which is nowhere, the root.

    As good as an empty root for whoever has no descriptor of a directory outside, and can never
    have CAP_SYS_CHROOT again.
    """
    if os.listdir("."):
        raise OSError(errno.ENOTEMPTY, "no empty directory could be made; let TMPDIR name a place")
    identity.use_chroot()
    os.chroot(".")


class PidNamespaces:
    """In the zygote: a pid namespace of its own for each child it forks.

    Linux wants the zygote to go back to its own namespace before it unshares again (both together
    30 us). gVisor cannot go back, and asks for none: there, once a child has been forked here, no
    other fork works any more, because the namespace that it would be born into has ended.

    Raises:
        OSError: the kernel refuses pid namespaces to this process.
    """

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        # In a child of its own: where there is no way back, the zygote's plain forks must work yet.
        child = os.fork()
        if child == 0:
            os._exit(self._rehearse())
        _, status = os.waitpid(child, 0)
        number = os.waitstatus_to_exitcode(status)
        if number not in (0, errno.EOPNOTSUPP):
            os.close(self._own)
            raise OSError(number, os.strerror(number) if number > 0 else "the kernel killed it")
        self._returns = number == 0

    def fork(self) -> int:
        """os.fork, but the child is process 1 of a new namespace."""
        libc.unshare(libc.CLONE_NEWPID)
        try:
            child = os.fork()
        except OSError:
            self._return()
            raise
        if child:
            self._return()
        return child

    def _return(self) -> None:
        if self._returns:
            libc.setns(self._own, libc.CLONE_NEWPID)

    def _rehearse(self) -> int:
        """0 where the way back is there, EOPNOTSUPP where none is needed, else why not."""
        try:
            libc.unshare(libc.CLONE_NEWPID)
            try:
                libc.setns(self._own, libc.CLONE_NEWPID)
            except OSError:
                libc.unshare(libc.CLONE_NEWPID)
                return errno.EOPNOTSUPP
        except OSError as error:
            return error.errno or errno.EPERM
        return 0


def _own_mounts() -> None:
    """Fails where the kernel takes the request and does nothing: a mount would be everybody's."""
    before = _mounts()
    libc.unshare(libc.CLONE_NEWNS)
    if _mounts() == before:
        raise OSError(errno.ENOSYS, "mount namespaces exist in name only")


def _mounts() -> str:
    """Which mount namespace this is; empty where the kernel does not tell them apart."""
    try:
        return os.readlink("/proc/self/ns/mnt")
    except FileNotFoundError:
        return ""


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
