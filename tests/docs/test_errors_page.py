"""docs/errors.md is the table that the code uses."""

from __future__ import annotations

from pathlib import Path

from cloche.contract import errors
from cloche.contract.reason import Reason
from cloche.contract.status import STATUS

PAGE = (Path(__file__).parents[2] / "docs/errors.md").read_text()


def test_every_reason_has_its_row() -> None:
    assert set(STATUS) == set(Reason)
    for reason, row in STATUS.items():
        start = f"| `{reason}` | `{row.code}` | `{row.exception.__name__}` | {row.why} |"
        assert start in PAGE


def test_every_exception_is_in_the_tree() -> None:
    assert errors.__doc__ is not None
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert issubclass(value, errors.ClocheError)
            assert name in errors.__doc__, name
