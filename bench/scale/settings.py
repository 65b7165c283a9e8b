"""What is simulated: frozen, with the unit in the name."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Autoscaler:
    """Modal's settings for a server class, by the names that `App.server` has.

    `routing` is not a setting, but unknown: a call goes to the container with the fewest calls, or
    to the fullest that is below its target, so that others become idle.
    """

    target_concurrency: float = 8
    min_containers: int = 0
    buffer_containers: int = 0
    max_containers: int = 100
    scaledown_window_s: float = 300.0
    routing: Literal["spread", "pack"] = "spread"

    def wanted(self, calls: int) -> int:
        """Containers for so many calls that run or wait. The buffer is for when there are any."""
        busy = math.ceil(calls / self.target_concurrency)
        buffer = self.buffer_containers if calls else 0
        return min(self.max_containers, max(self.min_containers, busy + buffer))


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container: what it does at once, and how long it takes to start.

    `slots` calls run at full speed; what a container has taken beyond them waits in its front. It
    takes no more than `slots` + `queued`: the rest is refused, and tried again.
    """

    slots: int = 8
    queued: float = 64
    cold_median_s: float = 40.0
    cold_p95_s: float = 90.0

    def cold_start_s(self, random: random.Random) -> float:
        """Lognormal: most starts are alike, some take a node that has no image yet."""
        if self.cold_median_s == 0:
            return 0.0
        sigma = math.log(self.cold_p95_s / self.cold_median_s) / 1.6449  # the 95% quantile
        return random.lognormvariate(math.log(self.cold_median_s), sigma)


@dataclass(frozen=True, kw_only=True)
class Technique:
    """How long one call takes when it runs at full speed."""

    mean_s: float
    spread: Literal["fixed", "exponential"] = "exponential"

    def duration_s(self, random: random.Random) -> float:
        return self.mean_s if self.spread == "fixed" else random.expovariate(1 / self.mean_s)
