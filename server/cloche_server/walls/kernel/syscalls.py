"""Every system call a sandbox may make, and those it may try in vain: the seccomp wall as a table.

`Allow` rows may bind an argument; `Deny` rows answer with an errno, because libraries (or a
technique's own Python) try them and carry on without. Any other call ends the sandbox, whether it
has a name in `forbidden.py` or is newer than these tables.
Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; None where
the architecture lacks the call. Order matters only for speed: the filter tests rows from the top.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Masked:
    """The call passes only if `argument & mask == value`; otherwise it answers with `otherwise`."""

    argument: int
    mask: int
    value: int
    otherwise: int = errno.EPERM


@dataclass(frozen=True)
class OneOf:
    """The call passes only if `argument & mask` is one of `values`; else it answers `otherwise`."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFF_FFFF
    otherwise: int = errno.EINVAL


@dataclass(frozen=True)
class Allow:
    name: str
    x86_64: int | None
    aarch64: int | None
    why: str
    when: tuple[Masked | OneOf, ...] = ()


@dataclass(frozen=True)
class Deny:
    name: str
    x86_64: int | None
    aarch64: int | None
    why: str
    errno: int = errno.EPERM


_PROT_EXEC: Final = 4
# Shared memory, and pages of the host's huge-page pool, are outside what the front counts as the
# call's own.
_MAP_TYPE: Final = 0x0F
_MAP_HUGETLB: Final = 0x4_0000
_MAP_PRIVATE: Final = 2
# Without the two flags: WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET.
_FUTEX_OPERATIONS: Final = (0, 1, 3, 4, 5, 9, 10)
_FUTEX_FLAGS: Final = 0x80 | 0x100
# Without it a futex in a page of the weights, which are one file for all, is the same for all
# sandboxes. Only pthread_join waits so; told to look again, it does until the thread has ended.
_FUTEX_PRIVATE: Final = 0x80
# What glibc's pthread_create passes; a process, or anything in a namespace, has other flags.
_THREAD_FLAGS: Final = 0x003D_0F00
_ALL: Final = 0xFFFF_FFFF

ALLOWED: tuple[Allow, ...] = (
    Allow("futex", 202, 98, "threads of torch wait on it; none lends its priority, which only few "
          "programs use and whose code in the kernel was attacked before",
          when=(OneOf(1, _FUTEX_OPERATIONS, 0xFFFF_FFFF ^ _FUTEX_FLAGS, errno.ENOSYS),
                Masked(1, _FUTEX_PRIVATE, _FUTEX_PRIVATE, errno.EAGAIN))),
    Allow("read", 0, 63, "the pipe to the front is the only descriptor"),
    Allow("write", 1, 64, "the pipe to the front is the only descriptor"),
    Allow("mmap", 9, 222, "memory of its own: never executable, never shared",
          when=(Masked(2, _PROT_EXEC, 0), Masked(3, _MAP_TYPE | _MAP_HUGETLB, _MAP_PRIVATE))),
    Allow("munmap", 11, 215, "memory"),
    Allow("mprotect", 10, 226, "memory; never executable",
          when=(Masked(2, _PROT_EXEC, 0),)),
    Allow("madvise", 28, 233, "allocators return memory: DONTNEED, FREE, NOHUGEPAGE. None huge: "
          "of one that is unmapped but for a little, all stays taken and the little is counted",
          when=(OneOf(2, (4, 8, 15)),)),
    Allow("brk", 12, 214, "memory"),
    Allow("mremap", 25, 216, "realloc of large blocks"),
    Allow("clone", 56, 220, "threads, and nothing but threads",
          when=(Masked(0, _ALL, _THREAD_FLAGS),)),
    Allow("set_robust_list", 273, 99, "glibc, at the start of a thread"),
    Allow("rseq", 334, 293, "glibc, at the start of a thread"),
    Allow("rt_sigprocmask", 14, 135, "glibc, around the start of a thread"),
    Allow("rt_sigreturn", 15, 139, "return from a signal handler that was there before"),
    Allow("sigaltstack", 131, 132, "libraries set one for each thread"),
    Allow("sched_yield", 24, 124, "spinning threads"),
    Allow("sched_getaffinity", 204, 123, "OpenMP counts processors"),
    Allow("getpid", 39, 172, "says 1 in a namespace of its own"),
    Allow("gettid", 186, 178, "thread identity"),
    Allow("getrandom", 318, 278, "entropy"),
    Allow("clock_gettime", 228, 113, "time; mostly answered without a call"),
    Allow("clock_getres", 229, 114, "time"),
    Allow("gettimeofday", 96, 169, "time"),
    Allow("time", 201, None, "time"),
    Allow("clock_nanosleep", 230, 115, "time.sleep; the wall clock still ends the call"),
    Allow("nanosleep", 35, 101, "spinning threads that back off"),
    Allow("restart_syscall", 219, 128, "the kernel, after a stop"),
    Allow("prlimit64", 302, 261, "its own limits only, which can but sink",
          when=(Masked(0, _ALL, 0),)),
    Allow("close", 3, 57, "giving a descriptor up"),
    Allow("exit", 60, 93, "a thread ends"),
    Allow("exit_group", 231, 94, "the process ends"),
)  # fmt: skip

DENIED: tuple[Deny, ...] = (
    Deny("clone3", 435, 435, "its flags are out of a filter's sight; libc falls back to clone",
         errno.ENOSYS),
    Deny("ioctl", 16, 29, "open() asks whether a file is a terminal", errno.ENOTTY),
    # Files. Late imports, tracebacks and time zones look for some and do without.
    Deny("open", 2, None, "files"),
    Deny("openat", 257, 56, "files"),
    Deny("openat2", 437, 437, "files"),
    Deny("creat", 85, None, "files"),
    Deny("stat", 4, None, "files"),
    Deny("lstat", 6, None, "files"),
    Deny("fstat", 5, 80, "files"),
    Deny("newfstatat", 262, 79, "files"),
    Deny("statx", 332, 291, "files"),
    Deny("statfs", 137, 43, "files"),
    Deny("access", 21, None, "files"),
    Deny("faccessat", 269, 48, "files"),
    Deny("faccessat2", 439, 439, "files"),
    Deny("readlink", 89, None, "files"),
    Deny("readlinkat", 267, 78, "files"),
    Deny("getdents64", 217, 61, "files"),
    Deny("getcwd", 79, 17, "files"),
    Deny("chdir", 80, 49, "files"),
    Deny("mkdir", 83, None, "files"),
    Deny("mkdirat", 258, 34, "files"),
    Deny("unlink", 87, None, "files"),
    Deny("unlinkat", 263, 35, "files"),
    Deny("rename", 82, None, "files"),
    Deny("renameat", 264, 38, "files"),
    Deny("renameat2", 316, 276, "files"),
    Deny("link", 86, None, "files"),
    Deny("linkat", 265, 37, "files"),
    Deny("symlink", 88, None, "files"),
    Deny("symlinkat", 266, 36, "files"),
    Deny("chmod", 90, None, "files"),
    Deny("fchmodat", 268, 53, "files"),
    Deny("truncate", 76, 45, "files"),
    Deny("ftruncate", 77, 46, "files"),
    Deny("lseek", 8, 62, "files"),
    Deny("readv", 19, 65, "no benign use known; its twin below has one"),
    Deny("writev", 20, 66, "C++ warnings go to a standard error that is closed"),
    Deny("pread64", 17, 67, "files"),
    Deny("pwrite64", 18, 68, "files"),
    Deny("fcntl", 72, 25, "descriptors"),
    Deny("dup", 32, 23, "descriptors"),
    Deny("dup2", 33, None, "descriptors"),
    Deny("dup3", 292, 24, "descriptors"),
    Deny("pipe", 22, None, "kernel buffers are outside the memory limit"),
    Deny("pipe2", 293, 59, "kernel buffers are outside the memory limit"),
    Deny("memfd_create", 319, 279, "its pages are outside the memory limit"),
    Deny("eventfd2", 290, 19, "descriptors"),
    Deny("epoll_create1", 291, 20, "descriptors"),
    Deny("poll", 7, None, "descriptors"),
    Deny("ppoll", 271, 73, "descriptors"),
    Deny("inotify_init1", 294, 26, "files"),
    # Processes.
    Deny("fork", 57, None, "a sandbox is one process"),
    Deny("vfork", 58, None, "a sandbox is one process"),
    Deny("execve", 59, 221, "a sandbox runs one program"),
    Deny("execveat", 322, 281, "a sandbox runs one program"),
    Deny("wait4", 61, 260, "a sandbox has no children"),
    Deny("waitid", 247, 95, "a sandbox has no children"),
    Deny("kill", 62, 129, "signals"),
    Deny("tkill", 200, 130, "signals; abort() tries it"),
    Deny("tgkill", 234, 131, "signals; abort() tries it"),
    Deny("rt_sigaction", 13, 134, "signal handlers; abort() tries it"),
    Deny("ptrace", 101, 117, "other processes"),
    Deny("process_vm_readv", 310, 270, "other processes"),
    Deny("process_vm_writev", 311, 271, "other processes"),
    Deny("pidfd_open", 434, 434, "other processes"),
    Deny("pidfd_getfd", 438, 438, "other processes"),
    Deny("setns", 308, 268, "namespaces"),
    Deny("unshare", 272, 97, "namespaces"),
    Deny("prctl", 157, 167, "threads try to name themselves"),
    Deny("arch_prctl", 158, None, "libraries ask for processor features"),
    Deny("sched_setaffinity", 203, 122, "OpenMP may try to pin threads"),
    Deny("set_mempolicy", 238, 237, "allocators may try"),
    Deny("get_mempolicy", 239, 236, "allocators may try"),
    Deny("getpriority", 140, 141, "libraries ask"),
    Deny("setpriority", 141, 140, "libraries ask"),
    # Facts about the machine that libraries ask for and can do without.
    Deny("uname", 63, 160, "the host's name and kernel"),
    Deny("sysinfo", 99, 179, "the host's memory"),
    Deny("getrusage", 98, 165, "libraries ask"),
    Deny("getrlimit", 97, 163, "libraries ask"),
    Deny("setrlimit", 160, 164, "libraries ask"),
    Deny("times", 100, 153, "libraries ask"),
    Deny("getuid", 102, 174, "identity"),
    Deny("geteuid", 107, 175, "identity"),
    Deny("getgid", 104, 176, "identity"),
    Deny("getegid", 108, 177, "identity"),
    Deny("getppid", 110, 173, "identity"),
    Deny("getcpu", 309, 168, "libraries ask"),
    Deny("membarrier", 324, 283, "libraries try and fall back"),
    # The network.
    Deny("socket", 41, 198, "network"),
    Deny("socketpair", 53, 199, "kernel buffers are outside the memory limit"),
    Deny("connect", 42, 203, "network"),
    Deny("bind", 49, 200, "network"),
    Deny("listen", 50, 201, "network"),
    Deny("accept", 43, 202, "network"),
    Deny("accept4", 288, 242, "network"),
    Deny("sendto", 44, 206, "network"),
    Deny("recvfrom", 45, 207, "network"),
    Deny("sendmsg", 46, 211, "network, and handing over descriptors"),
    Deny("recvmsg", 47, 212, "network, and being handed descriptors"),
    Deny("getsockopt", 55, 209, "network"),
    Deny("setsockopt", 54, 208, "network"),
    Deny("getsockname", 51, 204, "network"),
    Deny("getpeername", 52, 205, "network"),
)  # fmt: skip
