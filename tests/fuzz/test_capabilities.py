"""Nothing of a forbidden kind comes into reach: part of the search; `make fuzz` takes all of it.

In a process of its own: it forks for each unit, and an audit hook cannot be taken away.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = os.environ.get("FUZZ_SECONDS", "")
#: How many of the first units, in the order of seed 0: reading from everywhere is the first.
UNITS = "10"


def search(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.capabilities", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_nothing_forbidden_comes_into_reach() -> None:
    limit = ("--seconds", SECONDS) if SECONDS else ("--units", UNITS)
    done = search(*limit)
    assert done.returncode == 0, done.stdout + done.stderr
    # A search in which everything fails would find nothing.
    ran = re.search(r"(\d+) steps: .*'ran': (\d+)", done.stdout)
    assert ran is not None, done.stdout
    assert int(ran[2]) > 10_000, done.stdout
    classes = re.search(r"classes made: (\d+) for (\d+) names", done.stdout)
    assert classes is not None
    assert int(classes[2]) >= 10, done.stdout


@pytest.mark.timeout(900)
def test_every_weakened_wall_is_found() -> None:
    """The known escapes among them: each is found once more where what closed it is gone."""
    done = search("--teeth")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r": found \(", done.stdout)) == 5
