"""Results for people and as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
import torch
from cloche.cli._render import one_line, render, to_json
from rich.console import Console


def shown(value: object) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(render(value))
    return console.export_text()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.zeros(2, 3), "tensor float32 [2×3] = [[0, 0, 0], [0, 0, 0]]"),
        (torch.ones(20, dtype=torch.bfloat16), "tensor bfloat16 [20], min 1, mean 1, max 1, std 0"),
        (torch.tensor(2), "tensor int64 [scalar] = 2"),
        (np.array([True] * 9), "array bool [9], 9 true"),
        (np.array([np.nan] * 8), "array float64 [8] = [nan, nan, nan, nan, nan, nan, nan, nan]"),
        (np.array([np.inf] * 9), "array float64 [9], 9 not finite"),
        (torch.empty(0, 3), "tensor float32 [0×3], empty"),
        (0.1 + 0.2, "0.3"), ((1, "a"), "(1, 'a')"), ((1,), "(1,)"), ({2, 1}, "{1, 2}"),
        (frozenset(), "frozenset()"), (set(range(99)), "set, 99 items"),
        (b"x" * 100, "bytes, 100"), (None, "None"),
    ],
)  # fmt: skip
def test_one_line(value: object, text: str) -> None:
    assert one_line(value) == text


def test_tree_cuts_long_lists() -> None:
    text = shown({"rows": list(range(1000)), "note": "[bold]x[/]"})
    assert "rows: list, 1,000 items" in text
    assert "… 980 more" in text
    assert "note: '[bold]x[/]'" in text


def test_control_characters_are_visible() -> None:
    assert "\\x1b" in shown("\x1b[31mred")


def test_json() -> None:
    value: Any = {
        1: (torch.ones(2, dtype=torch.bfloat16), np.float32(0.5)), "z": 1 + 2j, "n": float("nan"),
        "b": b"ab", "s": {10, 9}, "x": None,
    }  # fmt: skip
    text = json.dumps(to_json(value), allow_nan=False)
    assert json.loads(text) == {
        "1": [[1.0, 1.0], 0.5], "z": [1.0, 2.0], "n": "nan", "b": "YWI=", "s": [9, 10], "x": None,
    }  # fmt: skip


def test_integer_too_long_for_digits() -> None:
    assert one_line([10**5000]) == "[int, 16,610 bits]"
    assert to_json(10**5000) == hex(10**5000)


def test_tree_ends_somewhere() -> None:
    value: list[object] = []
    for _ in range(500):
        value = [value]
    assert shown(value).rstrip().endswith("…")
