"""The script for a real GPU, as far as a machine without one can run it."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

from bench.gpu.__main__ import _BUDGET_S
from bench.gpu.checks import CHECKS, _seal, in_fork

ROOT = Path(__file__).parents[3]


def _script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.gpu", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def test_what_needs_only_a_driver_runs_on_the_stand_in(libcuda: str) -> None:
    done = _script("machine", "handles", "--library", libcuda)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("OK ") == 5, done.stdout
    assert "ILLEGAL_ADDRESS" in done.stdout
    assert "BAD" not in done.stdout


def test_what_needs_a_device_says_so_without_one(libcuda: str) -> None:
    done = _script("fork", "--library", libcuda)
    assert done.returncode == 1
    assert "BAD " in done.stdout, done.stdout + done.stderr


def test_the_seal_binds_threads_and_leaves_no_device() -> None:
    def sealed() -> str:
        go = threading.Event()
        seen: list[int | None] = []

        def attempt() -> None:
            go.wait()
            try:
                os.close(os.open("/proc/version", os.O_RDONLY))
                seen.append(0)
            except OSError as error:
                seen.append(error.errno)

        thread = threading.Thread(target=attempt)
        thread.start()
        _seal()
        go.set()
        thread.join()
        try:
            fcntl.ioctl(0, 0x1234)
        except OSError as error:
            seen.append(error.errno)
        return str(seen)

    assert in_fork(sealed) == str([errno.EPERM, errno.ENOTTY])


def test_an_unknown_check_is_named() -> None:
    done = _script("warp")
    assert done.returncode == 2
    assert "no such check: warp; choose from machine, handles" in done.stderr


def test_it_fits_into_nine_minutes() -> None:
    assert sum(check.limit_s for check in CHECKS.values()) <= _BUDGET_S <= 540
