"""Run once more, by themselves, the few tests that failed beside others.

Tests that look at processes and at clocks meet each other's work on a small machine. One that
passes alone is named, since it should not depend on that, and does not fail the run. Attacks are
not run again: one that succeeds once has succeeded.

Run: `python -m tests.support.alone STATUS`, after a run that ended with STATUS.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FAILED: Final = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
# pytest's exit status where tests ran and some failed.
_TESTS_FAILED: Final = 1
# More than so many are no accident.
_MOST: Final = 5
_NEVER: Final = ("tests/attacks/", "tests/fuzz/", "tests/gvisor/")
# It plants escapes of its own, to see whether they are noticed.
_BUT: Final = "tests/attacks/test_planted_escapes.py"


def to_run_again(failed: list[str]) -> list[str]:
    """Those of the tests that failed, or none where one of them must not or they are too many."""
    if len(failed) > _MOST:
        return []
    if any(name.startswith(_NEVER) and not name.startswith(_BUT) for name in failed):
        return []
    return failed


def main() -> int:
    status = int(sys.argv[1])
    if status != _TESTS_FAILED or not _FAILED.exists():
        return status
    names = to_run_again(list(json.loads(_FAILED.read_text())))
    if not names:
        return status
    print("\nFailed beside other tests, and run again alone:", *names, sep="\n  ", flush=True)
    command = [sys.executable, "-m", "pytest", *names]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
