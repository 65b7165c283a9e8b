"""seccomp: which system calls exist for a sandbox. Built once in the zygote, loaded by each child.

Source: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
from typing import Final

from cloche_server.sandbox import _libc, bpf
from cloche_server.sandbox.syscalls import ALLOWED, DENIED, Allow, Deny, Masked, OneOf

_AUDIT_ARCH: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER: Final = 1
# x86-64 also answers to x32 numbers, which have this bit and would dodge every row.
_X32_BIT: Final = 0x4000_0000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def build(machine: str = _libc.MACHINE) -> bytes:
    """Returns the filter for `machine` as BPF instructions.

    Raises:
        ValueError: no numbers are known for this machine.
    """
    if machine not in _AUDIT_ARCH:
        raise ValueError(f"seccomp: no table of system calls for {machine}")
    program = [
        bpf.load(bpf.ARCH),
        bpf.skip_if_equal(_AUDIT_ARCH[machine], 1),
        bpf.answer(bpf.KILL_PROCESS),
        bpf.load(bpf.NUMBER),
    ]
    if machine == "x86_64":
        program += [bpf.skip_if_below(_X32_BIT, 1), bpf.answer(bpf.KILL_PROCESS)]
    rows: tuple[Allow | Deny, ...] = (*ALLOWED, *DENIED)
    for row in rows:
        number = _number(row, machine)
        if number is not None:
            block = _block(row)
            program += [bpf.skip_unless_equal(number, len(block)), *block]
    program.append(bpf.answer(bpf.KILL_PROCESS))
    return b"".join(program)


def load(program: bytes) -> None:
    """Puts the filter on the calling thread, for good. Needs no_new_privs."""
    header = _Program(len(program) // 8, program)
    _libc.syscall(_SECCOMP[_libc.MACHINE], _SET_MODE_FILTER, 0, ctypes.byref(header))


def _number(row: Allow | Deny, machine: str) -> int | None:
    return row.x86_64 if machine == "x86_64" else row.aarch64


def _block(row: Allow | Deny) -> list[bpf.Instruction]:
    """What happens once the number has matched; every path answers."""
    if isinstance(row, Deny):
        return [bpf.answer(bpf.errno_action(row.errno))]
    block = [instruction for condition in row.when for instruction in _unless(condition)]
    return [*block, bpf.answer(bpf.ALLOW)]


def _unless(condition: Masked | OneOf) -> list[bpf.Instruction]:
    """Answers with the condition's errno unless it holds; then the next instruction is reached."""
    refuse = bpf.answer(bpf.errno_action(condition.otherwise))
    block = [bpf.load(bpf.argument(condition.argument))]
    match condition:
        case Masked(mask=mask, value=value):
            block += [bpf.mask(mask), bpf.skip_if_equal(value, 1)]
        case OneOf(values=values):
            left = len(values)
            for value in values:
                block.append(bpf.skip_if_equal(value, left))
                left -= 1
    return [*block, refuse]
