"""A model's weights in memory of a device: filled once by a loader, mapped read-only by sandboxes.

The loader's context ends with it; the memory lives as long as a descriptor of it does, and the
zygote has those. Whoever may talk to the driver can map it writable: a sandbox that is served has
to be sealed from it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloche_server.gpu.driver import (
    HAS_DESCRIPTORS,
    HAS_VIRTUAL_MEMORY,
    READ,
    READ_WRITE,
    Driver,
    DriverError,
)

_PIECE_BYTES: Final = 64 << 20


@dataclass(frozen=True)
class Source:
    """Bytes of this process that go to `offset` of a slab."""

    offset: int
    address: int
    size: int


def require_able(driver: Driver) -> None:
    """Raises DriverError, with what is missing, for a device that cannot share memory so."""
    for attribute, what in (
        (HAS_VIRTUAL_MEMORY, "virtual memory management"),
        (HAS_DESCRIPTORS, "memory handles that are file descriptors"),
    ):
        if not driver.attribute(attribute):
            raise DriverError(f"this device has no {what}")


def write(driver: Driver, size: int, sources: Sequence[Source]) -> int:
    """In the loader: returns the descriptor of a new slab that holds all of them."""
    size = rounded(driver, size)
    handle = driver.create(size)
    try:
        address = driver.map(handle, size, READ_WRITE)
        try:
            for source in sources:
                for start in range(0, source.size, _PIECE_BYTES):
                    part = min(_PIECE_BYTES, source.size - start)
                    driver.upload(address + source.offset + start, source.address + start, part)
        finally:
            driver.unmap(address, size)
        return driver.export(handle)
    finally:
        driver.release(handle)


def read_only(driver: Driver, size: int, file: int) -> int:
    """In a sandbox or an auditor: returns where the slab lies now. `file` stays the caller's."""
    handle = driver.take(file)
    try:
        return driver.map(handle, rounded(driver, size), READ)
    finally:
        driver.release(handle)  # a mapping keeps the memory


def rounded(driver: Driver, size: int) -> int:
    """As much as the driver gives for `size` bytes."""
    step = driver.granularity()
    return -(-size // step) * step
