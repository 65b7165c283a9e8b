"""Deal tests to pytest-xdist's workers: a file goes to one worker, and so does a marked group.

Files, because their servers and models are made once for all their tests. `xdist_group("serial")`
is for files that must not run beside one another: they use up the machine, or end processes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadGroupScheduling

ROOT: Final = Path(__file__).parents[2]
# What takes longest begins first, or one worker ends alone.
LONGEST_FIRST: Final = ("tests/end_to_end", "tests/attacks", "tests/fuzz", "tests/docs")


class FileScheduling(LoadGroupScheduling):  # type: ignore[misc]
    """Groups where tests are marked, files elsewhere."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if scope == nodeid else scope


def longest_first(items: list[pytest.Item]) -> None:
    """Orders collected tests by how long their folder takes; within it, nothing changes."""

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(ROOT).as_posix()
        ranks = (n for n, each in enumerate(LONGEST_FIRST) if path.startswith(f"{each}/"))
        return next(ranks, len(LONGEST_FIRST))

    items.sort(key=rank)


def scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    """Returns the scheduler of a run, which keeps the order of `longest_first`."""
    config.option.loadscopereorder = False
    return FileScheduling(config, log)
