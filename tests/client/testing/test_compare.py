"""What a tolerance lets pass, and what is said where it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from cloche import Record
from cloche.testing._compare import Findings, Tolerance, compare


def found(expected: object, actual: object, **tolerance: float | int) -> Findings:
    return compare(expected, actual, Tolerance(**tolerance))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "actual", "tolerance"),
    [
        (1.0, 1.0 + 1e-7, {}),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.001]), {"rtol": 1e-3}),
        (torch.tensor([1.5], dtype=torch.bfloat16), torch.tensor([1.5]), {}),
        ({"a": [1, "x", None]}, {"a": [1, "x", None]}, {}),
        (Record("Out", {"logits": np.zeros(2)}), Record("Out", {"logits": np.zeros(2)}), {}),
        (np.array([math.nan, math.inf]), np.array([math.nan, math.inf]), {}),
        ((np.array([True]), 2), (np.array([True]), 2), {}),
        # Equal values that change places, and what is below the largest.
        (np.array([3.0, 3.0, 1.0, 0.0]), np.array([3.0, 3.0, 1.0, 0.9]), {"top_k": 2}),
    ],
)
def test_equal(expected: object, actual: object, tolerance: dict[str, float]) -> None:
    assert found(expected, actual, **tolerance).equal


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        (1, 2, "1 of 1 values (100.00%) are outside"),
        (1, 1.0, "was a int, is a float"),
        (np.zeros(2), np.zeros(3), "the shape was (2,), is (3,)"),
        ([1], [1, 2], "1 items were, 2 are"),
        ({"a": 1}, {"b": 1}, "the keys were ['a'], are ['b']"),
        ([], [], "nothing was compared"),
        (np.zeros(0), np.zeros(0), "nothing was compared"),
        (1.0, math.nan, "largest difference inf"),
        (np.array([1, 2]), np.array([1, 3]), "first outside: result[1]"),
    ],
)
def test_different(expected: object, actual: object, said: str) -> None:
    findings = found(expected, actual)
    assert not findings.equal
    assert said in "\n".join(findings.lines())


def test_the_largest_difference_has_its_place_and_both_values() -> None:
    before = {"layers": [torch.zeros(2, 2) for _ in range(3)]}
    after = {"layers": [torch.zeros(2, 2) for _ in range(3)]}
    after["layers"][1][0, 1] = 0.5
    after["layers"][2][1, 0] = -2.0
    text = "\n".join(found(before, after, atol=0.1).lines())
    assert "2 of 12 values (16.67%)" in text
    assert "largest difference 2 at result['layers'][2][1][0]:" in text
    assert "snapshot 0.0" in text
    assert "now      -2.0" in text
    assert "first outside: result['layers'][1][0][1]," in text


def test_of_the_largest_a_new_one_is_found() -> None:
    assert not found(np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]), top_k=1).equal


@pytest.mark.parametrize("wrong", [{"rtol": -1}, {"atol": math.inf}, {"top_k": 0}])
def test_a_tolerance_has_its_range(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="it must be"):
        Tolerance(**wrong)  # type: ignore[arg-type]
