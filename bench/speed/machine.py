"""What ran the benchmark, and what else it did meanwhile."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import psutil

from bench.speed.processor import spent_with_children_s


@dataclass(frozen=True)
class Busy:
    """Processor seconds of the whole machine, and of this process and its children."""

    machine_s: float
    own_s: float

    @classmethod
    def now(cls) -> Busy:
        every: Any = psutil.cpu_times()
        idle = every.idle + every.iowait
        total = sum(every) - idle - getattr(every, "guest", 0) - getattr(every, "guest_nice", 0)
        return cls(total, spent_with_children_s(psutil.Process()))

    def others_since(self, before: Busy, seconds: float) -> float:
        """The share of all processors that others took: 0 to 1."""
        others = (self.machine_s - before.machine_s) - (self.own_s - before.own_s)
        return max(0.0, others) / (seconds * (os.cpu_count() or 1))


def facts() -> dict[str, str]:
    """Of the machine and of the releases."""
    releases = {name: metadata.version(name) for name in ("torch", "transformers", "grpcio")}
    return {
        "processors": str(os.cpu_count()),
        "processor": _processor(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        **releases,
    }


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.machine()
