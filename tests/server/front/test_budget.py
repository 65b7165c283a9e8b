"""One budget for what callers make the front hold."""

from __future__ import annotations

import pytest
from cloche.contract.reason import Reason
from cloche_server.front.budget import MemoryBudget
from cloche_server.refusal import Refusal


def test_what_is_held_is_bounded_and_given_back() -> None:
    budget = MemoryBudget(100)
    with budget.held(60) as first:
        with pytest.raises(Refusal) as caught, budget.held(41):
            pass
        assert caught.value.reason is Reason.BUSY
        assert caught.value.retry_after_s > 0
        assert "60 bytes" in str(caught.value)
        first.resize(10)
        with budget.held(90):
            assert budget.held_bytes == 100
    assert budget.held_bytes == 0


def test_a_share_that_cannot_grow_stays_what_it_was() -> None:
    budget = MemoryBudget(100)
    with budget.held(50) as share, budget.held(40):
        with pytest.raises(Refusal):
            share.at_least(61)
        share.at_least(20)
        assert budget.held_bytes == 90
        share.at_most(30)
        share.at_most(70)
        assert budget.held_bytes == 70
    assert budget.held_bytes == 0


def test_nothing_is_held_after_the_end() -> None:
    """A call's task may end after the RPC that asked for it."""
    budget = MemoryBudget(100)
    with budget.held(50) as share:
        pass
    share.at_least(80)
    assert budget.held_bytes == 0
