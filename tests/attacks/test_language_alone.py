"""Every attack against the language wall alone, and in plain Python, where it must succeed."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche_server.policy import LanguageWall

from tests.attacks import language_alone, plain
from tests.attacks.attack import find, load, name
from tests.attacks.unconfined import Subjects


@pytest.mark.parametrize("path", find(), ids=name)
def test_attack_does_not_escape(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    outcome = language_alone.attempt(path, wall, subjects, tmp_path)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", [path for path in find() if not load(path).teethless], ids=name)
def test_attack_succeeds_in_plain_python(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    """With the wall built first: it must not be what building changed that stops an attack."""
    outcome = plain.attempt(path, subjects, tmp_path)
    assert outcome.effect is not None, outcome
