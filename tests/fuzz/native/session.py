"""The wall, the driver and the forks, put together; and what a run says in the end."""

from __future__ import annotations

import collections
import gc
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from cloche_server.walls.language import LanguageWall

from . import technique
from .case import Driver
from .entries import Entry, entries
from .fence import Fence
from .run import Forks
from .undriven import reason_for, unused

#: numpy keeps small blocks for the next array of their size. Held, they are used by no case.
_CACHED_BYTES = 1024
_CACHED_EACH = 8


@dataclass
class Session:
    native: list[Entry]
    excused: dict[Entry, str]
    forks: Forks
    kept: list[Any]

    @classmethod
    def start(cls) -> Session:
        torch.set_num_threads(1)
        torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]  # as the server
        np.seterr(all="ignore")
        wall = LanguageWall.build()
        found = entries(wall)
        if stale := unused(found):
            sys.exit(f"undriven.py speaks of what the tables do not allow: {stale}")
        excused = {each: why for each in found if (why := reason_for(each))}
        kept = [
            np.empty(size, "u1")
            for size in range(1, _CACHED_BYTES + 1)
            for _ in range(_CACHED_EACH)
        ]
        driver = Driver(technique.load(wall), Fence())
        gc.collect()
        gc.freeze()  # a collection in a fork would copy every page
        return cls([each for each in found if each not in excused], excused, Forks(driver), kept)

    def summary(self, wanted: Iterable[Entry]) -> str:
        report = self.forks.report
        wanted = list(wanted)
        driven = [each for each in wanted if each in report.driven]
        lines = [
            f"{len(driven)} of {len(wanted)} entries driven in {report.cases} cases",
            f"left out, each for a reason in undriven.py: {len(self.excused)}",
            f"cases: {dict(report.ends)}",
        ]
        if report.timed_out:
            lines.append(f"out of time: {len(report.timed_out)} entries")
        by_entry = collections.Counter(each.case.entry.path for each in report.findings)
        lines.append(f"findings: {len(report.findings)} in {len(by_entry)} entries")
        lines += [f"  {count} {path}" for path, count in by_entry.most_common()]
        return "\n".join(lines)

    def undriven(self, wanted: Iterable[Entry]) -> str:
        report = self.forks.report
        missing = [each for each in wanted if each not in report.driven]
        return "\n".join(f"{each.path}: {report.said.get(each, '')}" for each in missing)
