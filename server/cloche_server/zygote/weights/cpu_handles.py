"""Weights in memory files that a loader filled: mapped read-only, copied by torch where written.

The same way as a GPU's, on memory that every machine has. No mapping of the files can be made
writable: a seal of the kernel's forbids new ones, and a sandbox is handed descriptors that were
opened for reading. A stray write, or one by native code, ends its own sandbox (SIGSEGV).
Source: memfd_create(2), F_SEAL_FUTURE_WRITE in fcntl(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
from collections.abc import Iterator, Sequence
from typing import Final

import torch

from cloche_server.walls.kernel import libc
from cloche_server.zygote.weights import cow, skeleton
from cloche_server.zygote.weights.manifest import Manifest, Storage, lay_out
from cloche_server.zygote.weights.storages import Place

_PAGE: Final = mmap.PAGESIZE
_HUGE: Final = 2 << 20
_F_SEAL_FUTURE_WRITE: Final = 0x10
_SEALS: Final = _F_SEAL_FUTURE_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


def write_slabs(groups: list[list[Place]]) -> tuple[tuple[int, ...], list[Storage], list[int]]:
    """In the loader: copies the tensors into sealed memory files.

    Returns:
        The files' sizes, where each storage lies, and the files, open for reading only.

    Raises:
        OSError: the kernel has no such files, does not seal them, or gives no memory.
    """
    sizes, storages = lay_out(groups, alignment=_PAGE)
    files = []
    for slab, size in enumerate(sizes):
        inside = [
            (storage, group[0].tensor)
            for storage, group in zip(storages, groups, strict=True)
            if storage.slab == slab and storage.length
        ]
        files.append(_write_slab(size, inside))
    return sizes, storages, files


def _write_slab(size: int, inside: list[tuple[Storage, torch.Tensor]]) -> int:
    file = os.memfd_create("cloche-weights", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(file, size)
        address = libc.mmap(size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, file)
        try:
            with contextlib.suppress(OSError):  # slower without huge pages, not wrong
                libc.madvise(address, size, mmap.MADV_HUGEPAGE)
            for storage, tensor in inside:
                source = tensor.untyped_storage().data_ptr()
                ctypes.memmove(address + storage.offset, source, storage.length)
            with contextlib.suppress(OSError):
                libc.madvise(address, size // _HUGE * _HUGE, libc.MADV_COLLAPSE)
        finally:
            libc.munmap(address, size)
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
        return os.open(f"/proc/self/fd/{file}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(file)


def lay(model: torch.nn.Module, manifest: Manifest, files: Sequence[int]) -> None:
    """In a new sandbox: gives the model the weights that lie in `files`.

    Raises:
        OSError: the kernel does not map them.
    """
    skeleton.fill(model, _filled(manifest, files))


def _filled(
    manifest: Manifest, files: Sequence[int]
) -> Iterator[tuple[Storage, torch.Tensor, int]]:
    for storage in manifest.storages:
        file = files[storage.slab]
        if storage.shared:
            base, shift = _mapped(file, storage)
            yield storage, cow.clone(base), shift
        else:
            yield storage, _read(file, storage), 0


def _mapped(file: int, storage: Storage) -> tuple[torch.Tensor, int]:
    """Memory of torch's allocator with pages of the file in it, and where they begin.

    torch shares only memory that its allocator made, so the file is mapped over the middle of such
    memory, which nobody has touched.
    """
    size = -(-storage.length // _PAGE) * _PAGE
    # Address and place in the file agree for a whole huge page, so that the kernel can map it.
    step = _HUGE if storage.length >= _HUGE else _PAGE
    base = torch.empty(size + step, dtype=torch.uint8)
    shift = (storage.offset - cow.address(base)) % step
    address = cow.address(base) + shift
    libc.mmap(
        size, mmap.PROT_READ, mmap.MAP_SHARED | libc.MAP_FIXED, file,
        address=address, offset=storage.offset,
    )  # fmt: skip
    with contextlib.suppress(OSError):  # before Linux 5.14 the call takes the page faults
        libc.madvise(address, size, libc.MADV_POPULATE_READ)
    return base, shift


def _read(file: int, storage: Storage) -> torch.Tensor:
    """A copy of its own."""
    data = torch.empty(storage.length, dtype=torch.uint8)
    if storage.length:
        os.preadv(file, [data.numpy().data], storage.offset)
    return data
