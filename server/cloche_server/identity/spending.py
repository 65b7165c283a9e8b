"""Model seconds that were used: by token for its whole life, by tenant in hours."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

HOUR_S: Final = 3600
#: The longest that a tenant's budget may be for: what is older is forgotten.
LONGEST_S: Final = 31 * 24 * HOUR_S


class Spending:
    """Of one server. A call is charged when it has ended."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._accounts: defaultdict[str, float] = defaultdict(float)
        # By tenant and hour.
        self._tenants: defaultdict[str, defaultdict[int, float]] = defaultdict(_hours)

    def charge(self, *, tenant: str, account: str, seconds: float, at: float | None = None) -> None:
        """Args: at: seconds since 1970; None: now."""
        hour = int((self._clock() if at is None else at) // HOUR_S)
        self._tenants[tenant][hour] += seconds
        if account:
            self._accounts[account] += seconds

    def of_account(self, account: str) -> float:
        """All that its tokens have ever used."""
        return self._accounts.get(account, 0.0)

    def of_tenant(self, tenant: str, *, within_s: float) -> float:
        """What it has used in so long a time, in whole hours: what lies in its first counts."""
        if tenant not in self._tenants:
            return 0.0
        first = int((self._clock() - within_s) // HOUR_S)
        return sum(used for hour, used in self._tenants[tenant].items() if hour >= first)

    def free_at(self, tenant: str, *, within_s: float) -> float:
        """In how many seconds the oldest of what counts will count no more; 0: nothing counts."""
        first = int((self._clock() - within_s) // HOUR_S)
        hours = [hour for hour in self._tenants.get(tenant, {}) if hour >= first]
        if not hours:
            return 0.0
        return max(0.0, (min(hours) + 1) * HOUR_S + within_s - self._clock())

    def snapshot(self) -> dict[str, Any]:
        """As JSON holds it; hours that no budget asks for are left out."""
        first = int((self._clock() - LONGEST_S) // HOUR_S)
        tenants = {
            tenant: {str(hour): used for hour, used in hours.items() if hour >= first}
            for tenant, hours in self._tenants.items()
        }
        return {
            "accounts": dict(self._accounts),
            "tenants": {tenant: hours for tenant, hours in tenants.items() if hours},
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """In place of what is here."""
        self._accounts.clear()
        self._tenants.clear()
        self._accounts.update(snapshot["accounts"])
        for tenant, hours in snapshot["tenants"].items():
            self._tenants[tenant].update({int(hour): used for hour, used in hours.items()})


def _hours() -> defaultdict[int, float]:
    return defaultdict(float)
