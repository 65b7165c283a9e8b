"""Techniques under test: what they return is kept beside this file, and compared each time.

pytest examples/ci --cloche-address HOST:PORT      (or --cloche-model NAME)
pytest examples/ci --cloche-address HOST:PORT --cloche-update
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TECHNIQUES = Path(__file__).parents[2] / "techniques"
TEXT = "The capital of France is"


def test_logit_lens(cloche_client: Any, technique_snapshot: Any) -> None:
    lens = cloche_client.run(TECHNIQUES / "logit_lens.py", TEXT)
    # Floating-point numbers within this, everything else exactly.
    assert lens == technique_snapshot(rtol=1e-3, atol=1e-4)


def test_next_token(cloche_client: Any, technique_snapshot: Any) -> None:
    assert cloche_client.run(TECHNIQUES / "next_token.py", TEXT) == technique_snapshot(rtol=1e-3)


@pytest.mark.parametrize("name", ["logit_lens", "next_token", "steering"])
def test_the_wall_takes_them(cloche_client: Any, name: str) -> None:
    assert cloche_client.check(TECHNIQUES / f"{name}.py") == ()
