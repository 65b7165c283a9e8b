"""The few C calls that Python 3.11 does not offer, each raising OSError when the kernel says no.

Pure declarations: what they are for stands where they are called.
"""

from __future__ import annotations

import ctypes
import os
import platform
from typing import Final

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long,
]  # fmt: skip
_libc.shmat.restype = ctypes.c_void_p
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

MACHINE: Final = platform.machine()

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8

# Of mmap(2) and madvise(2), what the standard library lacks.
MADV_POPULATE_READ: Final = 22
MADV_POPULATE_WRITE: Final = 23
MADV_COLLAPSE: Final = 25
MAP_FIXED: Final = 0x10

CLONE_NEWNS: Final = 0x0002_0000
CLONE_NEWCGROUP: Final = 0x0200_0000
CLONE_NEWUTS: Final = 0x0400_0000
CLONE_NEWIPC: Final = 0x0800_0000
CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWPID: Final = 0x2000_0000
CLONE_NEWNET: Final = 0x4000_0000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_KEEPCAPS: Final = 8
PR_CAPBSET_READ: Final = 23
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38
PR_GET_NO_NEW_PRIVS: Final = 39
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4


def _check(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number: int, *args: object) -> int:
    """A raw system call; integers are passed as longs."""
    converted = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _check(_libc.syscall(ctypes.c_long(number), *converted))


def prctl(option: int, arg2: int = 0, arg3: int = 0) -> int:
    return _check(
        _libc.prctl(
            ctypes.c_int(option), ctypes.c_ulong(arg2), ctypes.c_ulong(arg3),
            ctypes.c_ulong(0), ctypes.c_ulong(0),
        )
    )  # fmt: skip


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)))


def setns(descriptor: int, kind: int) -> None:
    _check(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)))


def mount(source: bytes, target: bytes, kind: bytes | None, flags: int, data: bytes | None) -> None:
    _check(_libc.mount(source, target, kind, ctypes.c_ulong(flags), data))


def umount2(target: bytes, flags: int) -> None:
    _check(_libc.umount2(target, ctypes.c_int(flags)))


def mmap(
    size: int, protection: int, flags: int, descriptor: int, *, address: int = 0, offset: int = 0
) -> int:
    """Returns the address of a new mapping."""
    result: int | None = _libc.mmap(address, size, protection, flags, descriptor, offset)
    if result is None or result == ctypes.c_void_p(-1).value:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def munmap(address: int, size: int) -> None:
    _check(_libc.munmap(address, size))


def mprotect(address: int, size: int, protection: int) -> None:
    _check(_libc.mprotect(address, size, protection))


def madvise(address: int, size: int, advice: int) -> None:
    _check(_libc.madvise(address, size, advice))


def shmget(size: int, mode: int) -> int:
    """A new System V segment, which has a number but no key."""
    return _check(_libc.shmget(0, ctypes.c_size_t(size), mode))


def shmat(segment: int) -> None:
    if _libc.shmat(segment, None, 0) == ctypes.c_void_p(-1).value:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def shm_remove(segment: int) -> None:
    _check(_libc.shmctl(segment, 0, None))


def mallopt(parameter: int, value: int) -> None:
    """Tunes glibc's malloc for this process; does nothing where the libc has no such thing."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(ctypes.c_int(parameter), ctypes.c_int(value))


def malloc_trim() -> None:
    """Gives free heap pages back to the kernel. glibc only."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(ctypes.c_size_t(0))
