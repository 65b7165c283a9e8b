"""Decide every system call of a sandbox, in one table: its verdict, and why.

`Allow` rows may bind an argument; `Deny` rows answer with an errno, because libraries (or a
technique's own Python) try them and carry on without. `Forbid` rows end the sandbox, as does any
call that is newer than this table: the filter (`seccomp.py`) needs no row for that, and the front
names the call by it. What a call would open is a hole of the proof (`holes.py`), which names its
calls by this table, too.
Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h, up to Linux
6.17; None where the architecture lacks the call. Order matters only for speed: the filter tests
rows from the top.
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
class Syscall:
    """A call by its name and its number on each machine, and why it is judged as it is."""

    name: str
    x86_64: int | None
    aarch64: int | None
    why: str

    def number(self, machine: str) -> int | None:
        """None: the machine lacks the call."""
        return {"x86_64": self.x86_64, "aarch64": self.aarch64}[machine]


@dataclass(frozen=True)
class Allow(Syscall):
    """The call passes where all of `when` holds."""

    when: tuple[Masked | OneOf, ...] = ()


@dataclass(frozen=True)
class Deny(Syscall):
    """The call answers with `errno`."""

    errno: int = errno.EPERM


@dataclass(frozen=True)
class Forbid(Syscall):
    """The call ends the sandbox."""


@dataclass(frozen=True)
class Handover:
    """A call that hands the filter's listener to the front: allowed, whatever its row says, until
    the seal, which answers with `errno`, or ends the sandbox where that is None.
    """

    name: str
    errno: int | None


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


def _forbidden(why: str, *calls: tuple[str, int | None, int | None]) -> tuple[Forbid, ...]:
    return tuple(Forbid(*call, why) for call in calls)


FORBIDDEN: Final[tuple[Forbid, ...]] = (
    *_forbidden(
        "files",
        ("chown", 92, None), ("fchown", 93, 55), ("lchown", 94, None), ("fchownat", 260, 54),
        ("fchmod", 91, 52), ("fchmodat2", 452, 452), ("fchdir", 81, 50), ("chroot", 161, 51),
        ("mknod", 133, None), ("mknodat", 259, 33), ("rmdir", 84, None), ("umask", 95, 166),
        ("utime", 132, None), ("utimes", 235, None), ("futimesat", 261, None),
        ("utimensat", 280, 88), ("ustat", 136, None), ("fstatfs", 138, 44), ("getdents", 78, None),
        ("sysfs", 139, None), ("name_to_handle_at", 303, 264), ("open_by_handle_at", 304, 265),
        ("fsync", 74, 82), ("fdatasync", 75, 83), ("sync", 162, 81), ("syncfs", 306, 267),
        ("sync_file_range", 277, 84), ("fallocate", 285, 47), ("fadvise64", 221, 223),
        ("readahead", 187, 213), ("flock", 73, 32), ("cachestat", 451, 451),
        ("file_getattr", 468, 468), ("file_setattr", 469, 469), ("lookup_dcookie", 212, 18),
        ("setxattr", 188, 5), ("lsetxattr", 189, 6), ("fsetxattr", 190, 7), ("getxattr", 191, 8),
        ("lgetxattr", 192, 9), ("fgetxattr", 193, 10), ("listxattr", 194, 11),
        ("llistxattr", 195, 12), ("flistxattr", 196, 13), ("removexattr", 197, 14),
        ("lremovexattr", 198, 15), ("fremovexattr", 199, 16), ("setxattrat", 463, 463),
        ("getxattrat", 464, 464), ("listxattrat", 465, 465), ("removexattrat", 466, 466),
        ("inotify_init", 253, None), ("inotify_add_watch", 254, 27), ("inotify_rm_watch", 255, 28),
        ("fanotify_init", 300, 262), ("fanotify_mark", 301, 263),
    ),
    *_forbidden(
        "mounts",
        ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("move_mount", 429, 429),
        ("open_tree", 428, 428), ("open_tree_attr", 467, 467), ("fsopen", 430, 430),
        ("fsconfig", 431, 431), ("fsmount", 432, 432), ("fspick", 433, 433),
        ("mount_setattr", 442, 442), ("statmount", 457, 457), ("listmount", 458, 458),
        ("quotactl", 179, 60), ("quotactl_fd", 443, 443), ("swapon", 167, 224),
        ("swapoff", 168, 225),
    ),
    *_forbidden(
        "other ways to read and write",
        ("preadv", 295, 69), ("pwritev", 296, 70), ("preadv2", 327, 286), ("pwritev2", 328, 287),
        ("sendfile", 40, 71), ("splice", 275, 76), ("tee", 276, 77), ("vmsplice", 278, 75),
        ("copy_file_range", 326, 285), ("io_setup", 206, 0), ("io_destroy", 207, 1),
        ("io_submit", 209, 2), ("io_cancel", 210, 3), ("io_getevents", 208, 4),
        ("io_pgetevents", 333, 292), ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426),
        ("io_uring_register", 427, 427),
    ),
    *_forbidden(
        "descriptors",
        ("select", 23, None), ("pselect6", 270, 72), ("epoll_create", 213, None),
        ("epoll_ctl", 233, 21), ("epoll_ctl_old", 214, None), ("epoll_wait", 232, None),
        ("epoll_wait_old", 215, None), ("epoll_pwait", 281, 22), ("epoll_pwait2", 441, 441),
        ("eventfd", 284, None), ("signalfd", 282, None), ("signalfd4", 289, 74),
        ("timerfd_create", 283, 85), ("timerfd_settime", 286, 86), ("timerfd_gettime", 287, 87),
        ("close_range", 436, 436),
    ),
    *_forbidden(
        "memory out of sight of the limit",
        ("mbind", 237, 235), ("migrate_pages", 256, 238), ("move_pages", 279, 239),
        ("set_mempolicy_home_node", 450, 450), ("mincore", 27, 232), ("mlock", 149, 228),
        ("mlock2", 325, 284), ("mlockall", 151, 230), ("munlock", 150, 229),
        ("munlockall", 152, 231), ("msync", 26, 227), ("remap_file_pages", 216, 234),
        ("pkey_alloc", 330, 289), ("pkey_free", 331, 290), ("pkey_mprotect", 329, 288),
        ("memfd_secret", 447, 447), ("mseal", 462, 462), ("map_shadow_stack", 453, 453),
        ("process_madvise", 440, 440), ("process_mrelease", 448, 448), ("userfaultfd", 323, 282),
    ),
    *_forbidden(
        "processes and identity",
        ("capget", 125, 90), ("capset", 126, 91), ("setuid", 105, 146), ("setgid", 106, 144),
        ("setreuid", 113, 145), ("setregid", 114, 143), ("setresuid", 117, 147),
        ("setresgid", 119, 149), ("getresuid", 118, 148), ("getresgid", 120, 150),
        ("setfsuid", 122, 151), ("setfsgid", 123, 152), ("setgroups", 116, 159),
        ("getgroups", 115, 158), ("setpgid", 109, 154), ("getpgid", 121, 155),
        ("getpgrp", 111, None), ("setsid", 112, 157), ("getsid", 124, 156),
        ("set_tid_address", 218, 96), ("kcmp", 312, 272), ("personality", 135, 92),
        ("modify_ldt", 154, None), ("set_thread_area", 205, None), ("get_thread_area", 211, None),
        ("iopl", 172, None), ("ioperm", 173, None), ("pidfd_send_signal", 424, 424),
        ("rt_sigqueueinfo", 129, 138), ("rt_tgsigqueueinfo", 297, 240), ("seccomp", 317, 277),
        ("landlock_create_ruleset", 444, 444), ("landlock_add_rule", 445, 445),
        ("landlock_restrict_self", 446, 446), ("lsm_get_self_attr", 459, 459),
        ("lsm_set_self_attr", 460, 460), ("lsm_list_modules", 461, 461),
        ("get_robust_list", 274, 100),
    ),
    *_forbidden(
        "scheduling",
        ("sched_setparam", 142, 118), ("sched_getparam", 143, 121),
        ("sched_setscheduler", 144, 119), ("sched_getscheduler", 145, 120),
        ("sched_get_priority_max", 146, 125), ("sched_get_priority_min", 147, 126),
        ("sched_rr_get_interval", 148, 127), ("sched_setattr", 314, 274),
        ("sched_getattr", 315, 275), ("ioprio_set", 251, 30), ("ioprio_get", 252, 31),
    ),
    *_forbidden(
        "signals and timers",
        ("alarm", 37, None), ("setitimer", 38, 103), ("getitimer", 36, 102), ("pause", 34, None),
        ("rt_sigpending", 127, 136), ("rt_sigsuspend", 130, 133), ("rt_sigtimedwait", 128, 137),
        ("timer_create", 222, 107), ("timer_settime", 223, 110), ("timer_gettime", 224, 108),
        ("timer_getoverrun", 225, 109), ("timer_delete", 226, 111), ("futex_waitv", 449, 449),
        ("futex_wake", 454, 454), ("futex_wait", 455, 455), ("futex_requeue", 456, 456),
    ),
    *_forbidden(
        "outlives the process",
        ("shmget", 29, 194), ("shmat", 30, 196), ("shmctl", 31, 195), ("shmdt", 67, 197),
        ("semget", 64, 190), ("semop", 65, 193), ("semtimedop", 220, 192), ("semctl", 66, 191),
        ("msgget", 68, 186), ("msgsnd", 69, 189), ("msgrcv", 70, 188), ("msgctl", 71, 187),
        ("mq_open", 240, 180), ("mq_unlink", 241, 181), ("mq_timedsend", 242, 182),
        ("mq_timedreceive", 243, 183), ("mq_notify", 244, 184), ("mq_getsetattr", 245, 185),
        ("add_key", 248, 217), ("request_key", 249, 218), ("keyctl", 250, 219),
    ),
    *_forbidden(
        "network",
        ("shutdown", 48, 210), ("sendmmsg", 307, 269), ("recvmmsg", 299, 243),
    ),
    *_forbidden(
        "the machine",
        ("acct", 163, 89), ("adjtimex", 159, 171), ("clock_adjtime", 305, 266),
        ("clock_settime", 227, 112), ("settimeofday", 164, 170), ("reboot", 169, 142),
        ("sethostname", 170, 161), ("setdomainname", 171, 162), ("syslog", 103, 116),
        ("vhangup", 153, 58), ("kexec_load", 246, 104), ("kexec_file_load", 320, 294),
        ("init_module", 175, 105), ("finit_module", 313, 273), ("delete_module", 176, 106),
        ("create_module", 174, None), ("query_module", 178, None), ("get_kernel_syms", 177, None),
        ("bpf", 321, 280), ("perf_event_open", 298, 241),
    ),
    *_forbidden(
        "obsolete",
        ("_sysctl", 156, None), ("afs_syscall", 183, None), ("getpmsg", 181, None),
        ("putpmsg", 182, None), ("nfsservctl", 180, 42), ("security", 185, None),
        ("tuxcall", 184, None), ("uselib", 134, None), ("vserver", 236, None),
    ),
)  # fmt: skip

HANDOVER: Final = (Handover("sendmsg", errno.EPERM), Handover("seccomp", None))

SYSCALLS: Final[dict[str, Syscall]] = {row.name: row for row in (*ALLOWED, *DENIED, *FORBIDDEN)}
_NAMES: Final = {
    machine: {row.number(machine): row.name for row in SYSCALLS.values()}
    for machine in ("x86_64", "aarch64")
}


def number_of(name: str, machine: str) -> int:
    """Raises LookupError where the machine lacks the call."""
    number = SYSCALLS[name].number(machine)
    if number is None:
        raise LookupError(f"{machine} has no system call {name}")
    return number


def name_of(number: int, machine: str) -> str:
    """The call's name, with its number: "mount (165)"; a number alone if it is newer than this."""
    return f"{_NAMES[machine].get(number, 'unknown')} ({number})"
