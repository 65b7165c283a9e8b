"""The zygote owns the weights, in a sealed memory file that nothing can write to any more.

It has a private mapping of it, which a fork inherits: every sandbox shares one copy, a fork costs
the same whatever the model's size, and an edit in place is copied on write and dies with the
sandbox. Huge pages, where the kernel has them, keep a fresh sandbox from paying a page fault for
each 4 KiB.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
from dataclasses import dataclass
from typing import Any, Final

import torch

from cloche_server.walls.kernel import libc
from cloche_server.zygote.weights.interface import HeldWeights
from cloche_server.zygote.weights.storages import by_storage, places

# A kernel's last bits depend on the alignment; this is what torch gives tensors of its own.
_ALIGNMENT: Final = 64
_HUGE: Final = 2 << 20
_PROT_NONE: Final = 0
_PROT_RW: Final = mmap.PROT_READ | mmap.PROT_WRITE


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Where a model's tensors are now."""

    address: int
    size_bytes: int
    huge_pages: bool

    def held(self) -> HeldWeights:
        """For the zygote."""
        return HeldWeights(name="fork", size_bytes=self.size_bytes, early=self.populate)

    def populate(self) -> None:
        """In a new sandbox, before its lockdown: takes the page faults that its call would take."""
        with contextlib.suppress(OSError):  # before Linux 5.14 the call pays for them itself
            libc.madvise(self.address, self.size_bytes, libc.MADV_POPULATE_READ)


def hold(model: torch.nn.Module) -> Weights:
    """Moves every parameter and buffer of `model` into a sealed memory file.

    Tied tensors stay tied. Values do not change; addresses do: call it before anything keeps one.

    Raises:
        ValueError: a tensor that is not dense and on the CPU.
        OSError: the kernel gives no memory.
    """
    groups = _by_address(model)
    offsets: dict[int, int] = {}
    size = 0
    for key, tensors in groups.items():
        offsets[key] = size
        length = tensors[0].untyped_storage().nbytes()
        size += -(-length // _ALIGNMENT) * _ALIGNMENT
    size = max(-(-size // _HUGE) * _HUGE, _HUGE)
    file = os.memfd_create("cloche-weights", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(file, size)
        huge = _fill(file, size, groups, offsets)
        seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, seals)
        address = _map(file, size, mmap.MAP_PRIVATE)
    finally:
        os.close(file)
    for key, tensors in groups.items():
        _repoint(tensors, address + offsets[key])
    return Weights(address=address, size_bytes=size, huge_pages=huge)


def _by_address(model: torch.nn.Module) -> dict[int, list[torch.Tensor]]:
    """By where each storage's bytes are; what has none stays where it is."""
    held = (place for place in places(model) if place.kind != "attribute")
    groups = [[place.tensor for place in group] for group in by_storage(held)]
    return {
        group[0].untyped_storage().data_ptr(): group
        for group in groups
        if group[0].untyped_storage().nbytes()
    }


def _fill(
    file: int, size: int, groups: dict[int, list[torch.Tensor]], offsets: dict[int, int]
) -> bool:
    """Copies the tensors into the file; returns whether all of it lies in huge pages."""
    address = _map(file, size, mmap.MAP_SHARED)
    try:
        # First: a huge page that is filled costs a tenth of small ones that are gathered later.
        huge = _in_huge_pages(address, size)
        for key, tensors in groups.items():
            storage = tensors[0].untyped_storage()
            ctypes.memmove(address + offsets[key], key, storage.nbytes())
        return huge
    finally:
        libc.munmap(address, size)


def _in_huge_pages(address: int, size: int) -> bool:
    """Takes the memory, which is empty, as huge pages; false where the kernel does not give all."""
    try:
        for start in range(address, address + size, _HUGE):
            ctypes.memset(start, 0, 1)  # a range with no page at all is not gathered
            libc.madvise(start, _HUGE, libc.MADV_COLLAPSE)
    except OSError:
        return False
    return True


def _map(file: int, size: int, sharing: int) -> int:
    """Maps the file on a boundary of huge pages: they are given to no other address."""
    reserved = libc.mmap(size + _HUGE, _PROT_NONE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1)
    aligned = -(-reserved // _HUGE) * _HUGE
    address = libc.mmap(size, _PROT_RW, sharing | libc.MAP_FIXED, file, address=aligned)
    with contextlib.suppress(OSError):  # a kernel without transparent huge pages
        libc.madvise(address, size, mmap.MADV_HUGEPAGE)
    return address


def _repoint(tensors: list[torch.Tensor], address: int) -> None:
    length = tensors[0].untyped_storage().nbytes()
    memory = (ctypes.c_char * length).from_address(address)
    storage: Any = torch.frombuffer(memory, dtype=torch.uint8).untyped_storage()
    for tensor in tensors:
        moved = torch.empty(0, dtype=tensor.dtype)
        moved.set_(storage, tensor.storage_offset(), tensor.size(), tensor.stride())
        tensor.data = moved
