"""Weights over the driver's calls, as a loader and sandboxes make them, on a driver without device.

Its memory is a memory file and its access flags are page protections, so what a GPU's memory
management would refuse, the processor's refuses here.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import socket
from collections.abc import Callable

import pytest
from cloche_server.gpu import slabs
from cloche_server.gpu.driver import READ_WRITE, Driver, DriverError
from cloche_server.gpu.slabs import Source

SIZE = 5 << 20
PATTERN = bytes(range(256)) * (SIZE // 256)


@pytest.fixture
def slab(libcuda: str) -> int:
    """The descriptor of a slab that a process made which has ended since."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            driver = Driver(libcuda)
            driver.begin()
            slabs.require_able(driver)
            data = ctypes.create_string_buffer(PATTERN, SIZE)
            half = SIZE // 2
            sources = [
                Source(0, ctypes.addressof(data), half),
                Source(half, ctypes.addressof(data) + half, SIZE - half),
            ]
            socket.send_fds(theirs, [b"s"], [slabs.write(driver, SIZE, sources)])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    theirs.close()
    with ours:
        _, (file,), _, _ = socket.recv_fds(ours, 1, 1)
    return file


def _sandbox(libcuda: str, file: int, act: Callable[[Driver, int], str]) -> str:
    """What a process said that imported the slab, or the signal that ended it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            driver = Driver(libcuda)
            driver.begin()
            address = slabs.read_only(driver, SIZE, file)
            os.write(writer, act(driver, address).encode())
        except DriverError as error:
            os.write(writer, f"refused: {error}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return said if code == 0 else f"ended with {code}"


def _read(driver: Driver, address: int) -> str:
    return "as written" if driver.download(address, SIZE) == PATTERN else "other bytes"


def test_it_outlives_its_maker_and_serves_several(libcuda: str, slab: int) -> None:
    assert [_sandbox(libcuda, slab, _read) for _ in range(3)] == ["as written"] * 3


def test_a_write_by_the_driver_is_refused(libcuda: str, slab: int) -> None:
    def write(driver: Driver, address: int) -> str:
        data = ctypes.create_string_buffer(16)
        driver.upload(address, ctypes.addressof(data), 16)
        return "wrote"

    assert "ILLEGAL_ADDRESS" in _sandbox(libcuda, slab, write)
    assert _sandbox(libcuda, slab, _read) == "as written"


def test_a_fault_stays_in_its_process_and_does_not_go_away(libcuda: str, slab: int) -> None:
    def write_and_read(driver: Driver, address: int) -> str:
        data = ctypes.create_string_buffer(16)
        with pytest.raises(DriverError):
            driver.upload(address, ctypes.addressof(data), 16)
        driver.download(address, 1)
        return "reads on"

    assert "refused" in _sandbox(libcuda, slab, write_and_read)
    assert _sandbox(libcuda, slab, _read) == "as written"


def test_a_stray_write_ends_its_process(libcuda: str, slab: int) -> None:
    def write(_: Driver, address: int) -> str:
        ctypes.memset(address, 0, 16)
        return "wrote"

    assert _sandbox(libcuda, slab, write) == "ended with -11"
    assert _sandbox(libcuda, slab, _read) == "as written"


def test_whoever_may_talk_to_the_driver_can_map_it_writable(libcuda: str, slab: int) -> None:
    """Why a sandbox is sealed from it: the permission is the mapper's own to choose."""

    def widen(driver: Driver, address: int) -> str:
        driver.allow(address, slabs.rounded(driver, SIZE), READ_WRITE)
        return "granted"

    assert _sandbox(libcuda, slab, widen) == "granted"


def test_a_fork_after_cuda_has_begun_cannot_use_it(libcuda: str) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Driver(libcuda).begin()
            inner = os.fork()
            if inner == 0:
                try:
                    Driver(libcuda).begin()
                except DriverError as error:
                    os._exit(0 if "NOT_INITIALIZED" in str(error) else 2)
                os._exit(3)
            code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_is_no_memory_is_refused(libcuda: str) -> None:
    file = os.memfd_create("small")
    os.ftruncate(file, 100)
    assert "INVALID_HANDLE" in _sandbox(libcuda, file, _read)
    os.close(file)


def test_without_a_driver_it_says_so() -> None:
    with pytest.raises(DriverError, match=r"no CUDA driver: .*libcuda_nowhere"):
        Driver("libcuda_nowhere.so.1")
