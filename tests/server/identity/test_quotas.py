"""Rates and budgets: refused with what, whose and when again; told apart by tenant and token."""

from __future__ import annotations

import pytest
from cloche.contract.reason import Reason
from cloche_server.identity.caller import ANYBODY, Caller
from cloche_server.identity.quotas import Quotas
from cloche_server.identity.spending import HOUR_S, Spending
from cloche_server.identity.terms import Terms
from cloche_server.refusal import Refusal

START = 1_000_000 * HOUR_S


class Clock:
    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


def made() -> tuple[Quotas, Spending, Clock]:
    clock = Clock()
    spending = Spending(clock)
    return Quotas(spending, clock), spending, clock


async def refusal(quotas: Quotas, who: Caller) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await quotas.admit(who)
    return caught.value


async def test_a_tenant_begins_as_many_calls_as_its_rate() -> None:
    quotas, _, _ = made()
    alice = Caller(tenant="alice", terms=Terms(rate="3/hour"))
    for _ in range(3):
        await quotas.admit(alice)
    found = await refusal(quotas, alice)
    assert (found.reason, found.quota) == (Reason.RATE_LIMIT, "tenant alice: 3/hour")
    assert "has begun its 3 calls each hour" in str(found)
    assert found.retry_after_s > 0
    await quotas.admit(Caller(tenant="bob", terms=Terms(rate="3/hour")))
    for _ in range(10):
        await quotas.admit(ANYBODY)


async def test_a_tenants_seconds_come_back() -> None:
    quotas, spending, clock = made()
    alice = Caller(tenant="alice", terms=Terms(budget="100/day"))
    spending.charge(tenant="alice", account="t", seconds=60.0)
    await quotas.admit(alice)
    assert quotas.seconds_left(alice) == pytest.approx(40.0)
    spending.charge(tenant="alice", account="t", seconds=50.0)
    found = await refusal(quotas, alice)
    assert (found.reason, found.quota) == (Reason.BUDGET, "tenant alice: 100/day s")
    await quotas.admit(Caller(tenant="bob", terms=Terms(budget="100/day")))
    clock.now += found.retry_after_s - 1
    await refusal(quotas, alice)
    clock.now += 2
    await quotas.admit(alice)
    assert quotas.seconds_left(alice) == pytest.approx(100.0)


async def test_a_tokens_seconds_do_not_and_are_those_of_its_account() -> None:
    quotas, spending, clock = made()
    agent = Caller(tenant="alice", token_id="new", account="old", budget_s=10.0)
    other = Caller(tenant="alice", token_id="other", account="other", budget_s=10.0)
    spending.charge(tenant="alice", account="old", seconds=10.5)
    for _ in range(2):
        found = await refusal(quotas, agent)
        assert (found.reason, found.quota) == (Reason.BUDGET, "token new: 10 s")
        clock.now += 400 * 24 * HOUR_S
    await quotas.admit(other)
    assert quotas.seconds_left(other) == 10.0
    assert quotas.seconds_left(ANYBODY) is None


async def test_the_least_of_both_is_left() -> None:
    quotas, spending, _ = made()
    both = Caller(tenant="a", account="t", budget_s=50.0, terms=Terms(budget="20/minute"))
    assert quotas.seconds_left(both) == 20.0
    spending.charge(tenant="other", account="t", seconds=45.0)
    assert quotas.seconds_left(both) == 5.0
