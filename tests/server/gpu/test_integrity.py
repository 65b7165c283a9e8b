"""The digest of device memory, on the one device that every machine has."""

from __future__ import annotations

import os

import pytest
import torch
from cloche_server.gpu.integrity import KEY_BYTES, digest

KEY = os.urandom(KEY_BYTES)


@pytest.fixture
def data() -> torch.Tensor:
    return torch.randint(0, 256, (64 * 4096,), dtype=torch.uint8)


def test_the_same_bytes_give_the_same(data: torch.Tensor) -> None:
    assert digest(data, KEY) == digest(data.clone(), KEY)
    assert len(digest(data, KEY)) == 32


def test_the_product_is_exact(data: torch.Tensor) -> None:
    """The largest that any bytes give: no sum wraps around."""
    rows = torch.full((17, 4096), -128, dtype=torch.int8)
    key = torch.full((4096, 16), -128, dtype=torch.int8)
    found = torch._int_mm(rows, key)
    assert found.eq(4096 * 128 * 128).all()


@pytest.mark.parametrize("place", [0, 4095, 4096, 200_000])
def test_one_changed_bit_is_seen(data: torch.Tensor, place: int) -> None:
    before = digest(data, KEY)
    data[place] ^= 1
    assert digest(data, KEY) != before


def test_two_changes_that_balance_in_a_sum_are_seen(data: torch.Tensor) -> None:
    data[:2] = torch.tensor([100, 100], dtype=torch.uint8)
    before, total = digest(data, KEY), data.sum(dtype=torch.int64)
    data[:2] = torch.tensor([101, 99], dtype=torch.uint8)
    assert data.sum(dtype=torch.int64) == total
    assert digest(data, KEY) != before


def test_another_key_gives_another(data: torch.Tensor) -> None:
    assert digest(data, KEY) != digest(data, os.urandom(KEY_BYTES))


def test_what_is_no_whole_row_is_refused(data: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="see KEY_BYTES"):
        digest(data[:-1], KEY)
    with pytest.raises(ValueError, match="key of 3"):
        digest(data, b"key")
