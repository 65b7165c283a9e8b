"""What the kernel counts as a process's own, read from outside."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cloche_server.front import memory
from cloche_server.front.memory import MemoryMeter

# Does one thing for each line it is told, and says when it has.
CHILD = """
import ctypes, mmap, os, sys, threading, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
kept = []

def pages():
    kept.append(mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    for start in range(0, 64 << 20, 4096): kept[-1][start] = 1

def tables():
    for number in range(4000):
        address = libc.mmap((1 << 44) + (number << 30), 4096, 1, 0x22, -1, 0)
        ctypes.c_char.from_address(address).value

def first_thread_ends():
    def report():
        time.sleep(0.2)
        print("done", flush=True)
        time.sleep(60)
    threading.Thread(target=report).start()
    libc.syscall(60 if os.uname().machine == "x86_64" else 93, 0)

print("ready", flush=True)
for line in sys.stdin:
    globals()[line.strip()]()
    print("done", flush=True)
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    with process:
        yield process
        process.kill()


def tell(child: subprocess.Popen[str], what: str) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(what + "\n")
    child.stdin.flush()
    assert child.stdout.readline() == "done\n"


def grown(meter: MemoryMeter) -> int:
    found = meter.grown_bytes()
    assert found is not None
    return found


def test_pages_and_tables_of_pages_are_counted(child: subprocess.Popen[str]) -> None:
    meter = MemoryMeter(child.pid)
    assert grown(meter) < 1 << 20
    tell(child, "pages")
    written = grown(meter)
    assert 60 << 20 < written < 80 << 20
    tell(child, "tables")
    assert grown(meter) - written > 15 << 20
    meter.close()


def test_pages_are_counted_where_only_mappings_tell(
    child: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under gVisor, whose status has none of the lines."""
    (status, _), smaps = memory._SOURCES
    monkeypatch.setattr(memory, "_SOURCES", ((status, (b"NoSuchLine:",)), smaps))
    meter = MemoryMeter(child.pid)
    assert grown(meter) < 1 << 20
    tell(child, "pages")
    assert 60 << 20 < grown(meter) < 80 << 20
    meter.close()


def test_want_of_descriptors_stops_no_reading(child: subprocess.Popen[str]) -> None:
    meter = MemoryMeter(child.pid)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            MemoryMeter(child.pid)
        assert meter.grown_bytes() is not None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        meter.close()


def test_a_process_that_ends_is_not_counted(child: subprocess.Popen[str]) -> None:
    meter = MemoryMeter(child.pid)
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert meter.grown_bytes() is None  # a zombie
    with pytest.raises(ProcessLookupError):
        MemoryMeter(child.pid)
    child.wait()
    assert meter.grown_bytes() is None
    meter.close()


def test_a_process_without_its_first_thread_cannot_be_counted(
    child: subprocess.Popen[str],
) -> None:
    """Not the same as nothing: whoever watches must not take it for harmless."""
    meter = MemoryMeter(child.pid)
    tell(child, "first_thread_ends")
    assert child.poll() is None
    assert meter.grown_bytes() is None
    meter.close()
