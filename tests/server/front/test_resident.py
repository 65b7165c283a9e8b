"""What the front's process takes: when that is close to its most, and what it gives back."""

from __future__ import annotations

import contextlib
import subprocess
import sys

from cloche_server.front.resident import Resident

# A large block that is freed makes malloc keep all smaller ones; the last one pins the heap.
BURST = """
import sys
from cloche_server.front import resident

def taken():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

if sys.argv[1] == "returned":
    resident.return_what_is_freed()
del (block := bytearray(30 << 20))[:]
del block
before = taken()
blocks = [bytearray(4 << 20) for _ in range(32)]
for block in blocks: block[::4096] = b"x" * len(block[::4096])
del blocks[:-1]
print(taken() - before >> 20)
"""


def test_tight_is_what_comes_close_to_the_most() -> None:
    for most_bytes, tight in ((1 << 10, True), (1 << 50, False)):
        with contextlib.closing(Resident(most_bytes)) as resident:
            assert resident.is_tight() is tight


def left_mib(how: str) -> int:
    command = [sys.executable, "-c", BURST, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_what_is_freed_goes_back_to_the_machine() -> None:
    assert left_mib("returned") < 16
    assert left_mib("kept") > 64
