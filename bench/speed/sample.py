"""Times, and what may be said of them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Final

# A ratio whose middle half is wider, as a share of the median, says nothing.
_WIDEST: Final = 0.5


@dataclass(frozen=True)
class Spread:
    """Of a sample: its median, its quartiles, and the time that one in a hundred takes longer."""

    median: float
    low: float
    high: float
    p99: float
    count: int

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Raises ValueError for fewer than two."""
        if len(values) < 2:
            raise ValueError("a spread takes two values at least")
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        p99 = statistics.quantiles(values, n=100, method="inclusive")[-1]
        return cls(median, low, high, p99, len(values))

    @property
    def is_meaningful(self) -> bool:
        return self.high - self.low <= _WIDEST * abs(self.median)


def ratios(values: list[float], base: list[float]) -> Spread:
    """Of each value to the one that was measured beside it."""
    return Spread.of([value / other for value, other in zip(values, base, strict=True)])


def differences(values: list[float], base: list[float]) -> Spread:
    """As `ratios`."""
    return Spread.of([value - other for value, other in zip(values, base, strict=True)])
