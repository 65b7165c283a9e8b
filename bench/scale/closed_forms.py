"""What is known without simulating."""

from __future__ import annotations

import math


def erlang_c(servers: int, load: float) -> float:
    """The share of calls that wait, in M/M/c with `load` = arrival rate x mean duration.

    Source: A. K. Erlang, 1917; by the recursion of Erlang B.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - (load / servers) * (1 - blocked))


def mean_wait_s(servers: int, rate_per_s: float, mean_s: float) -> float:
    """How long a call waits on average in M/M/c. `rate_per_s * mean_s` must be below `servers`."""
    load = rate_per_s * mean_s
    return erlang_c(servers, load) * mean_s / (servers - load)


def cold_share(rate_per_s: float, window_s: float) -> float:
    """The share of calls that find nothing running, where calls are rare and short."""
    return math.exp(-rate_per_s * window_s)
