"""Make a sandbox an unprivileged user without capabilities, whom no setuid program can help.

Source: capabilities(7), prctl(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
from typing import Final

from cloche_server.walls.kernel import libc

# Not 65534: services run as nobody. Below 65536: mapped in every container.
SANDBOX_UID: Final = 65533
_CAPGET: Final = {"x86_64": 125, "aarch64": 90}
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3: Final = 0x2008_0522
_CAP_SYS_CHROOT: Final = 18


def become_unprivileged() -> None:
    """Root becomes SANDBOX_UID.

    For root also the limit on processes would not bind. One power is put by for an empty directory
    (`use_chroot`); the step that drops capabilities takes it too.

    Raises:
        OSError: there is nobody else to become; sandboxes are who the server is.
    """
    if os.getuid() != 0:
        raise OSError(errno.EPERM, "the server is not root and stays who it is")
    if not mapped(SANDBOX_UID):
        raise OSError(errno.EINVAL, "the server's user namespace knows no other user")
    os.setgroups([])
    os.setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
    libc.prctl(libc.PR_SET_KEEPCAPS, 1)
    os.setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID)
    libc.prctl(libc.PR_SET_KEEPCAPS, 0)
    _set_capabilities(effective=0, permitted=_permitted() & 1 << _CAP_SYS_CHROOT)
    # The change made /proc/self root's; the user namespace that comes next writes its map there.
    libc.prctl(libc.PR_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Empties the bounding, ambient, inheritable, permitted and effective sets."""
    capability = 0
    while True:
        try:
            if libc.prctl(libc.PR_CAPBSET_READ, capability):
                libc.prctl(libc.PR_CAPBSET_DROP, capability)
        except PermissionError:
            break  # without CAP_SETPCAP there is nothing to drop with; no_new_privs stands guard
        except OSError:
            break  # past the last capability that this kernel knows
        capability += 1
    try:
        libc.prctl(libc.PR_CAP_AMBIENT, libc.PR_CAP_AMBIENT_CLEAR_ALL)
    except OSError as error:
        if error.errno != errno.EINVAL:  # EINVAL: a kernel without ambient capabilities
            raise
    _set_capabilities(effective=0, permitted=0)


def use_chroot() -> None:
    """Takes up CAP_SYS_CHROOT where it was put by; elsewhere nothing changes."""
    permitted = _permitted()
    if permitted & 1 << _CAP_SYS_CHROOT:
        _set_capabilities(effective=permitted, permitted=permitted)


def hide_from_peers() -> None:
    """No process of the same user may attach to it, nor read its memory or descriptors."""
    libc.prctl(libc.PR_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)


def forbid_new_privileges() -> None:
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)


def mapped(uid: int) -> bool:
    """Whether this user namespace knows `uid`."""
    with open("/proc/self/uid_map") as lines:
        for line in lines:
            inside, _, count = map(int, line.split())
            if inside <= uid < inside + count:
                return True
    return False


def _permitted() -> int:
    """The permitted capabilities, one bit each."""
    data = ctypes.create_string_buffer(24)
    libc.syscall(_CAPGET[libc.MACHINE], _capability_header(), data)
    low, high = struct.unpack_from("<4xI8xI", data)
    return int(low | high << 32)


def _set_capabilities(*, effective: int, permitted: int) -> None:
    low, high = (
        [sets >> shift & 0xFFFF_FFFF for sets in (effective, permitted)] for shift in (0, 32)
    )
    data = ctypes.create_string_buffer(struct.pack("<6I", *low, 0, *high, 0))
    libc.syscall(_CAPSET[libc.MACHINE], _capability_header(), data)


def _capability_header() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION_3, 0))
