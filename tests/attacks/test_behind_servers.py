"""Every attack against both walls, and against the kernel wall alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks import report
from tests.attacks.attack import find, load, name
from tests.attacks.behind_server import Range
from tests.attacks.tally import record

Write = Callable[[str, object], None]


@pytest.mark.parametrize("path", find(), ids=name)
def test_both_walls(path: Path, both_walls: Range, record_property: Write) -> None:
    outcome = both_walls.attempt(path)
    record(record_property, load(path), report.BOTH, outcome.effect)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", find(), ids=name)
def test_kernel_wall_alone(path: Path, kernel_alone: Range, record_property: Write) -> None:
    outcome = kernel_alone.attempt(path)
    record(record_property, load(path), report.KERNEL, outcome.effect)
    assert outcome.effect is None, outcome
