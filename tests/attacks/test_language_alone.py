"""Every attack against the language wall alone, and in plain Python, where it must succeed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cloche_server.walls.language import LanguageWall, interpreter

from tests.attacks import language_alone, plain, report
from tests.attacks.attack import find, load, name
from tests.attacks.tally import record
from tests.attacks.unconfined import Subjects
from tests.support import gvisor

Write = Callable[[str, object], None]


@pytest.mark.parametrize("path", find(), ids=name)
def test_attack_does_not_escape(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path, record_property: Write
) -> None:
    outcome = language_alone.attempt(path, wall, subjects, tmp_path)
    record(record_property, load(path), report.LANGUAGE, outcome.effect)
    assert outcome.effect is None, outcome


@pytest.mark.nightly
@pytest.mark.parametrize("path", find("language"), ids=name)
def test_attack_does_not_escape_without_fast_paths(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    outcome = language_alone.attempt(path, wall, subjects, tmp_path, fast=False)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", [each for each in find() if not load(each).teethless], ids=name)
def test_attack_succeeds_in_plain_python(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path, record_property: Write
) -> None:
    """With the wall built first: it must not be what building changed that stops an attack."""
    reason = load(path).teethless_in_gvisor
    if reason and gvisor.is_inside():
        pytest.skip(f"gVisor {reason}")
    outcome = plain.attempt(path, subjects, tmp_path)
    effect = outcome.effect or ("exhausted" if outcome.exhausted else None)
    record(record_property, load(path), report.PLAIN, effect)
    assert effect is not None, outcome


def test_lists_that_borrow_what_they_compare_let_an_attack_escape(
    wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    """The teeth of `interpreter.py`, which a trial with a mutation would come too late for."""
    (path,) = (each for each in find("language") if each.stem == "list_comparison_freed")
    interpreter.restore_interpreter()
    try:
        if not interpreter.borrows_items():
            pytest.skip("nothing is mended in this Python")
        outcome = language_alone.attempt(path, wall, subjects, tmp_path)
    finally:
        interpreter.patch_interpreter()
    assert outcome.effect is not None, outcome
