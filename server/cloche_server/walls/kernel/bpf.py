"""A classic-BPF assembler: what a seccomp filter needs. Source: linux/filter.h, seccomp(2)."""

from __future__ import annotations

import struct
from typing import Final

Instruction = bytes

# Offsets in struct seccomp_data; both architectures here are little-endian.
NUMBER: Final = 0
ARCH: Final = 4

_LOAD_WORD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_GREATER_EQUAL: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06

ALLOW: Final = 0x7FFF_0000
# Stops the caller until whoever holds the filter's listener answers.
NOTIFY: Final = 0x7FC0_0000
KILL_PROCESS: Final = 0x8000_0000
# A SIGSYS, which ends the process unless it has a handler.
TRAP: Final = 0x0003_0000


def errno_action(number: int) -> int:
    """The action that answers a call with -errno instead of running it."""
    return 0x0005_0000 | number


def argument(index: int) -> int:
    """The offset of the low half of argument `index`: the half that the kernel reads for an int."""
    return 16 + 8 * index


def load(offset: int) -> Instruction:
    return struct.pack("<HBBI", _LOAD_WORD, 0, 0, offset)


def mask(value: int) -> Instruction:
    return struct.pack("<HBBI", _AND, 0, 0, value)


def skip_unless_equal(value: int, count: int) -> Instruction:
    return struct.pack("<HBBI", _JUMP_EQUAL, 0, count, value)


def skip_if_equal(value: int, count: int) -> Instruction:
    return struct.pack("<HBBI", _JUMP_EQUAL, count, 0, value)


def skip_if_below(value: int, count: int) -> Instruction:
    return struct.pack("<HBBI", _JUMP_GREATER_EQUAL, 0, count, value)


def answer(action: int) -> Instruction:
    return struct.pack("<HBBI", _RETURN, 0, 0, action)
