"""Runs things under gVisor, whose kernel lacks much that Linux has: see docs/kernel-wall.md."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

# However new gVisor is, and whatever Linux it runs on.
_RELEASE: Final = "4.4.0"
ROOT: Final = Path(__file__).parents[2]
# The ptrace platform wants no hardware, and costs 2 ms for each page fault.
_OPTIONS: Final = ("--platform=ptrace", "--network=none", "--ignore-cgroups")


def is_inside() -> bool:
    """Whether this process runs under gVisor: by what its kernel calls itself."""
    return platform.release() == _RELEASE


def command(*arguments: str) -> list[str]:
    """`arguments` as a command under gVisor; skips the test where there is no gVisor.

    Files are this machine's, seen through an overlay that keeps what is written inside.
    """
    runsc = shutil.which("runsc")
    if runsc is None:
        pytest.skip("gVisor is not installed (apt-get install runsc)")
    if is_inside():
        pytest.skip("this is gVisor already")
    return [runsc, *_OPTIONS, "do", *arguments]


def pytest_command(*arguments: str) -> list[str]:
    """`pytest ARGUMENTS` as a command under gVisor; skips as `command` does."""
    options = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "300")
    return command(sys.executable, *options, *arguments)


def run_inside(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 900.0,
) -> subprocess.CompletedProcess[str]:
    """Runs `pytest ARGUMENTS` under gVisor, in the repository's root."""
    return subprocess.run(
        pytest_command(*arguments),
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        # A pipe: where output goes to a file, what runs outside writes over what runs inside.
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )
