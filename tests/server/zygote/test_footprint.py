"""The pages that a call copies are found, and copied early they cost the call nothing."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource

import pytest
from cloche_server.walls.kernel import libc
from cloche_server.zygote import footprint

PAGE = 4096
PAGES = 1024


@pytest.fixture
def memory() -> int:
    """Private memory, all of it present before the fork; its address."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    address = libc.mmap(PAGES * PAGE, mmap.PROT_READ | mmap.PROT_WRITE, flags, -1)
    ctypes.memset(address, 1, PAGES * PAGE)
    return address


def write(address: int, pages: range) -> None:
    for page in pages:
        ctypes.memset(address + page * PAGE, 2, 1)


def covered(found: footprint.Footprint, address: int) -> bool:
    return any(start <= address < start + length for start, length in found.ranges)


def test_pages_written_are_found_and_others_are_not(memory: int) -> None:
    found = footprint.measure(lambda: write(memory, range(10, 20)))
    for page in range(PAGES):
        assert covered(found, memory + page * PAGE) == (page in range(10, 20)), page


def test_the_scene_happens_elsewhere(memory: int) -> None:
    footprint.measure(lambda: write(memory, range(PAGES)))
    assert ctypes.string_at(memory, 1) == b"\x01"


def test_a_scene_that_fails_leaves_an_empty_footprint() -> None:
    assert footprint.measure(lambda: 1 / 0).ranges == ()


def test_pages_taken_early_are_not_faulted_in_later(memory: int) -> None:
    found = footprint.measure(lambda: write(memory, range(PAGES)))

    def faults(*, early: bool) -> int:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if early:
                    found.take()
                before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
                write(memory, range(PAGES))
                after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
                os.write(writer, str(after - before).encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            return int(pipe.read())

    assert faults(early=False) >= PAGES
    assert faults(early=True) < PAGES // 2
