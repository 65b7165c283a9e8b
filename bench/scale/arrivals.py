"""When calls come: seconds from the start, in order."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

DAY_S = 86_400.0


def poisson(rate_per_s: float, until_s: float, draws: random.Random) -> Iterator[float]:
    """Independent callers, as many at any time."""
    return _thinned(lambda _: rate_per_s, rate_per_s, until_s, draws)


def day(
    mean_per_s: float, until_s: float, draws: random.Random, *, night: float = 0.05
) -> Iterator[float]:
    """A day of one time zone: a bell around 14:00 on top of a share `night` of the mean."""

    def rate(at_s: float) -> float:
        hour = (at_s % DAY_S) / 3600
        bell = math.exp(-(((hour - 14) / 3.5) ** 2) / 2)
        return mean_per_s * (night + (1 - night) * bell * 24 / (3.5 * math.sqrt(2 * math.pi)))

    return _thinned(rate, 3 * mean_per_s, until_s, draws)


def bursts(
    every_s: float, calls: int, until_s: float, draws: random.Random, *, within_s: float = 2.0
) -> Iterator[float]:
    """`client.map` over many inputs, now and then: `calls` that come almost at once."""
    at = draws.expovariate(1 / every_s)
    while at < until_s:
        ends = [at + draws.uniform(0, within_s) for _ in range(calls)]
        yield from sorted(end for end in ends if end < until_s)
        at = max(ends) + draws.expovariate(1 / every_s)


def _thinned(
    rate: Callable[[float], float], highest: float, until_s: float, draws: random.Random
) -> Iterator[float]:
    """A Poisson process whose rate changes (Lewis and Shedler 1979)."""
    at = draws.expovariate(highest)
    while at < until_s:
        if draws.random() * highest < rate(at):
            yield at
        at += draws.expovariate(highest)
