"""Which tests may fail beside others and be asked again alone."""

from __future__ import annotations

from tests.support.alone import to_run_again

LOADED = "tests/end_to_end/test_limits.py::test_time"


def test_a_few_are() -> None:
    assert to_run_again([LOADED]) == [LOADED]
    assert to_run_again([f"{LOADED}[{number}]" for number in range(6)]) == []


def test_an_attack_is_not() -> None:
    assert to_run_again([LOADED, "tests/attacks/test_corpus.py::test_held[a]"]) == []
    planted = "tests/attacks/test_planted_escapes.py::test_seen[a]"
    assert to_run_again([planted]) == [planted]
