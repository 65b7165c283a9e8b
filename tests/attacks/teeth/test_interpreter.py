"""Without what mends an old interpreter, an attack escapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche_server.policy import LanguageWall, interpreter

from tests.attacks import language_alone
from tests.attacks.teeth.trial import FOLDER
from tests.attacks.unconfined import Subjects


def test_lists_that_borrow_what_they_compare(
    wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    interpreter.restore_interpreter()
    try:
        if not interpreter.borrows_items():
            pytest.skip("nothing is mended in this Python")
        attack = FOLDER / "list_comparison_freed.py"
        outcome = language_alone.attempt(attack, wall, subjects, tmp_path)
    finally:
        interpreter.mend_interpreter()
    assert outcome.effect is not None, outcome
