"""The same attacks on a whole server under gVisor, which is what Modal runs.

One pytest runs inside, and what it says is read here. The proof of the wall is the server's start.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from cloche import wire

from tests.gvisor.techniques import CALLS, run
from tests.support.gvisor import run_inside
from tests.support.server import RunningServer

# What runs inside, and how many tests of it must have passed for it to have meant anything.
MODULES = {
    "tests/gvisor/inside_techniques.py": 2 + len(CALLS),
    "tests/end_to_end/test_kernel_wall_alone.py": 45,
    "tests/end_to_end/test_secrets.py": 4 if os.geteuid() == 0 else 0,
    "tests/server/walls/kernel/test_seccomp.py": 20,
}

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def inside(
    server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    expected: Path = tmp_path_factory.mktemp("expected")
    for name in CALLS:
        (expected / name).write_bytes(wire.encode(run(server, name)))
    environment = {**os.environ, "CLOCHE_TEST_EXPECTED": str(expected)}
    return run_inside([*MODULES, "-rA"], environment=environment, timeout_s=850)


def test_nothing_failed(inside: subprocess.CompletedProcess[str]) -> None:
    assert inside.returncode == 0, inside.stdout


@pytest.mark.parametrize("module", MODULES)
def test_all_of_it_ran(inside: subprocess.CompletedProcess[str], module: str) -> None:
    passed = [line for line in inside.stdout.splitlines() if line.startswith(f"PASSED {module}")]
    assert len(passed) >= MODULES[module], inside.stdout
