"""Landlock: no file may be opened, no TCP port used, nothing outside signalled.

An empty ruleset that handles every right the kernel knows: all is refused, nothing granted.
Source: landlock(7), linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
from typing import Final

from cloche_server.walls.kernel import libc

# The same numbers on every architecture since they were added in Linux 5.13.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
_CREATE_RULESET_VERSION: Final = 1

# How many filesystem rights each ABI knows.
_FS_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_RIGHTS_SINCE: Final = 4
_SCOPES_SINCE: Final = 6
_NET_BIND_AND_CONNECT_TCP: Final = 0b11
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11


class _RulesetAttr(ctypes.Structure):
    _fields_ = [
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


def abi() -> int:
    """The kernel's Landlock version.

    Raises:
        OSError: ENOSYS or EOPNOTSUPP, the kernel has none or it is switched off.
    """
    return libc.syscall(_CREATE_RULESET, 0, 0, _CREATE_RULESET_VERSION)


def restrict(version: int) -> None:
    """Refuses everything that Landlock of this version can refuse. Needs no_new_privs."""
    rights = (1 << _FS_RIGHTS.get(version, _FS_RIGHTS[max(_FS_RIGHTS)])) - 1
    attr = _RulesetAttr(handled_access_fs=rights)
    size = 8
    if version >= _NET_RIGHTS_SINCE:
        attr.handled_access_net = _NET_BIND_AND_CONNECT_TCP
        size = 16
    if version >= _SCOPES_SINCE:
        attr.scoped = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS
        size = 24
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(attr), size, 0)
    try:
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
