"""Model seconds that were used: by token for its whole life, by tenant in hours."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

HOUR_S: Final = 3600


class Spending:
    """Of one server. A call is charged when it has ended."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._accounts: Counter[str] = Counter()
        # By tenant and hour.
        self._tenants: dict[str, Counter[int]] = defaultdict(Counter)

    def charge(self, *, tenant: str, account: str, seconds: float, at: float | None = None) -> None:
        """Args: at: seconds since 1970; None: now."""
        hour = int((self._clock() if at is None else at) // HOUR_S)
        self._tenants[tenant][hour] += seconds  # type: ignore[assignment]  # a Counter of floats
        if account:
            self._accounts[account] += seconds  # type: ignore[assignment]  # the same

    def of_account(self, account: str) -> float:
        """All that its tokens have ever used."""
        return float(self._accounts[account]) if account in self._accounts else 0.0

    def of_tenant(self, tenant: str, *, within_s: float) -> float:
        """What it has used in so long a time, in whole hours: what lies in its first counts."""
        if tenant not in self._tenants:
            return 0.0
        first = int((self._clock() - within_s) // HOUR_S)
        return float(sum(used for hour, used in self._tenants[tenant].items() if hour >= first))

    def free_at(self, tenant: str, *, within_s: float) -> float:
        """In how many seconds the oldest of what counts will count no more; 0: nothing counts."""
        first = int((self._clock() - within_s) // HOUR_S)
        hours = [hour for hour in self._tenants.get(tenant, {}) if hour >= first]
        if not hours:
            return 0.0
        return max(0.0, (min(hours) + 1) * HOUR_S + within_s - self._clock())
