"""Decide whether a caller may begin a call: by its tenant's rate and the seconds left to it.

What runs is charged when it has ended. A call gets no more time than is left when it begins, so
calls that run at once can together use what is left once for each of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from cloche.contract.status import Reason

from cloche_server.identity.caller import Caller
from cloche_server.identity.spending import Spending
from cloche_server.identity.terms import quota
from cloche_server.refusal import Refusal

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import SlidingWindowCounterRateLimiter

# A budget that never comes back is not worth asking for again soon.
_NEVER_S: Final = 24 * 3600.0
_quota = lru_cache(maxsize=256)(quota)


class Quotas:
    """For one loop."""

    def __init__(self, spending: Spending, clock: Callable[[], float] = time.time) -> None:
        self._spending = spending
        self._clock = clock

    async def admit(self, who: Caller) -> None:
        """Counts one call. Raises Refusal where it is one too many, or no seconds are left."""
        self._require_seconds(who)
        if who.terms.rate is None:
            return
        rate = _quota("rate", who.terms.rate)
        if not await self._rates.hit(rate, who.tenant):
            found = await self._rates.get_window_stats(rate, who.tenant)
            raise Refusal(
                Reason.RATE_LIMIT,
                f"the tenant {who.tenant} has begun its {_told(rate, 'calls')}; try again later",
                retry_after_s=max(0.1, found.reset_time - self._clock()),
                quota=f"tenant {who.tenant}: {who.terms.rate}",
            )

    @cached_property
    def _rates(self) -> SlidingWindowCounterRateLimiter:
        # Its import takes 20 ms of a start that most servers need not spend.
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import SlidingWindowCounterRateLimiter

        return SlidingWindowCounterRateLimiter(MemoryStorage())

    def seconds_left(self, who: Caller) -> float | None:
        """The least of its token's and its tenant's; None: no budget. Negative where overdrawn."""
        left = []
        if who.budget_s is not None:
            left.append(who.budget_s - self._spending.of_account(who.account))
        if who.terms.budget is not None:
            budget = _quota("budget", who.terms.budget)
            used = self._spending.of_tenant(who.tenant, within_s=budget.get_expiry())
            left.append(budget.amount - used)
        return min(left, default=None)

    def _require_seconds(self, who: Caller) -> None:
        if who.budget_s is not None and self._spending.of_account(who.account) >= who.budget_s:
            raise Refusal(
                Reason.BUDGET,
                f"the token {who.token_id} has used its {who.budget_s:g} s of model time; ask the "
                "server's operator for another",
                retry_after_s=_NEVER_S,
                quota=f"token {who.token_id}: {who.budget_s:g} s",
            )
        left = self.seconds_left(who)
        if left is not None and left <= 0:
            assert who.terms.budget is not None  # noqa: S101  # the token's was looked at above
            budget = _quota("budget", who.terms.budget)
            raise Refusal(
                Reason.BUDGET,
                f"the tenant {who.tenant} has used its {_told(budget, 'seconds of model time')}",
                retry_after_s=max(
                    1.0, self._spending.free_at(who.tenant, within_s=budget.get_expiry())
                ),
                quota=f"tenant {who.tenant}: {who.terms.budget} s",
            )


def _told(item: RateLimitItem, what: str) -> str:
    name = item.GRANULARITY.name
    period = name if item.multiples == 1 else f"{item.multiples} {name}s"
    return f"{item.amount} {what} each {period}"
