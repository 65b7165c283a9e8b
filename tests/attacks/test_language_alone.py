"""Every attack against the language wall alone, and in plain Python, where it must succeed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cloche_server.policy import LanguageWall

from tests.attacks import language_alone, plain, report
from tests.attacks.attack import find, load, name
from tests.attacks.tally import record
from tests.attacks.unconfined import Subjects

Write = Callable[[str, object], None]


@pytest.mark.parametrize("path", find(), ids=name)
def test_attack_does_not_escape(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path, record_property: Write
) -> None:
    outcome = language_alone.attempt(path, wall, subjects, tmp_path)
    record(record_property, load(path), report.LANGUAGE, outcome.effect)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", [each for each in find() if not load(each).teethless], ids=name)
def test_attack_succeeds_in_plain_python(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path, record_property: Write
) -> None:
    """With the wall built first: it must not be what building changed that stops an attack."""
    outcome = plain.attempt(path, subjects, tmp_path)
    effect = outcome.effect or ("exhausted" if outcome.exhausted else None)
    record(record_property, load(path), report.PLAIN, effect)
    assert effect is not None, outcome
