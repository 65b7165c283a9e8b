"""What an agent sees of a result."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from cloche import Record
from cloche.agents._summary import Kept, summary


def test_small_values_come_as_they_are() -> None:
    kept = Kept()
    value = {"a": (1, 2.5, None, True), "b": torch.ones(2), 3: Record("R", {"x": "text"})}
    expected = {"a": [1, 2.5, None, True], "b": [1.0, 1.0], "3": {"x": "text"}}
    assert summary(value, kept) == expected
    assert summary([math.nan, np.float32(2), torch.tensor(-math.inf)], kept) == [
        "nan", 2.0, "-inf",
    ]  # fmt: skip


def test_large_ones_are_told() -> None:
    kept = Kept()
    found = summary(torch.arange(1000, dtype=torch.bfloat16).reshape(10, 100), kept)
    assert (found["shape"], found["dtype"], found["min"]) == ([10, 100], "bfloat16", 0.0)
    assert len(json.dumps(found)) < 300
    assert kept.slice(found["handle"], "0, :3") == [0.0, 1.0, 2.0]
    assert kept.slice(found["handle"], "[-1, -1]") == 1000.0  # bfloat16 rounds
    assert kept.slice(found["handle"], "::2")["shape"] == [5, 100]
    assert summary(list(range(1000)), kept)[-1] == {"…more": 900}
    assert len(summary("x" * 10_000, kept)) < 4100


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("0, 0, 0", "slice"),
        ("99", "out of bounds"),
        ("__import__('os')", "is none"),
        ("::0", "zero"),
    ],
)
def test_no_such_part(at: str, said: str) -> None:
    kept = Kept()
    handle = summary(np.zeros((10, 10)), kept)["handle"]
    with pytest.raises(ValueError, match=said):
        kept.slice(handle, at)


def test_few_are_kept() -> None:
    kept = Kept()
    first = kept.keep(np.zeros(100))
    for _ in range(64):
        kept.keep(np.zeros(100))
    with pytest.raises(ValueError, match="run it again"):
        kept.slice(first, "0")
    huge = kept.keep(np.zeros((1 << 28) + 1, np.uint8))
    with pytest.raises(ValueError, match="run it again"):
        kept.slice(huge, "0")
