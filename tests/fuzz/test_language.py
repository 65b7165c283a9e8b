"""The language wall against random programs, for a bounded time; `make fuzz` takes longer.

In a process of its own: it forks for each program, and an audit hook cannot be taken away.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = float(os.environ.get("FUZZ_SECONDS", "10"))


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.language", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_no_program_reaches_what_it_may_not(tmp_path: Path) -> None:
    # However busy the machine is: so many make use of each kind of syntax.
    done = fuzz("--seconds", str(SECONDS), "--programs", "40", "--keep", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    # Programs that all fail at once would find nothing.
    ran = re.search(r"(\d+) statements: .*'ran': (\d+)", done.stdout)
    assert ran is not None, done.stdout
    assert int(ran[2]) > 0.35 * int(ran[1]), done.stdout
    nodes = re.search(r"node types: (\d+)", done.stdout)
    assert nodes is not None
    assert int(nodes[1]) >= 75, done.stdout


@pytest.mark.timeout(900)
def test_every_weakened_wall_is_found() -> None:
    done = fuzz("--teeth")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r": found \(", done.stdout)) == 5
