"""Every attack against both walls, and against the kernel wall alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.attack import find, name
from tests.attacks.behind_server import Target


@pytest.mark.parametrize("path", find(), ids=name)
def test_both_walls(path: Path, both_walls: Target) -> None:
    outcome = both_walls.attempt(path)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", find(), ids=name)
def test_kernel_wall_alone(path: Path, kernel_alone: Target) -> None:
    outcome = kernel_alone.attempt(path)
    assert outcome.effect is None, outcome
