"""Every attack against both walls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks import report
from tests.attacks.attack import find, load, name
from tests.attacks.batches import Range
from tests.attacks.tally import record

Write = Callable[[str, object], None]
# The first of a batch runs all of it, and again in halves where something was found.
pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("path", find(), ids=name)
def test_both_walls(path: Path, both_walls: Range, record_property: Write) -> None:
    outcome = both_walls.attempt(path)
    record(record_property, load(path), report.BOTH, outcome.effect)
    assert outcome.effect is None, outcome
