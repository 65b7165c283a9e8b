"""Processor time, of processes and of those that they have started."""

from __future__ import annotations

import contextlib
from typing import Any

import psutil


def spent_s(*processes: psutil.Process) -> float:
    """Seconds that they and their ended children took; one that is gone itself counts nothing."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times: Any = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def spent_with_children_s(process: psutil.Process) -> float:
    """The same, with all below it that lives."""
    return spent_s(process, *process.children(recursive=True))
