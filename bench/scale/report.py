"""An outcome in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.scale.prices import Price
from bench.scale.simulation import Outcome

QUANTILES = (0.5, 0.95, 0.99)
# Who waits longer before the technique begins notices it.
_LATE_S = 1.0


@dataclass(frozen=True)
class Summary:
    """Latencies are of answered calls, in seconds."""

    calls: int
    p50_s: float
    p95_s: float
    p99_s: float
    cold_share: float
    late_share: float
    most_containers: int
    container_hours: float
    usd_per_thousand: float


def summarize(outcome: Outcome, price: Price) -> Summary:
    """Raises ValueError where no call was answered."""
    if not outcome.calls:
        raise ValueError("no call was answered: simulate for longer")
    latencies = np.array([call.latency_s for call in outcome.calls])
    p50, p95, p99 = (float(np.quantile(latencies, share)) for share in QUANTILES)
    return Summary(
        calls=len(outcome.calls),
        p50_s=p50,
        p95_s=p95,
        p99_s=p99,
        cold_share=sum(call.cold for call in outcome.calls) / len(outcome.calls),
        late_share=sum(call.began_s - call.came_s > _LATE_S for call in outcome.calls)
        / len(outcome.calls),
        most_containers=max(containers for _, containers, _ in outcome.history),
        container_hours=outcome.container_s / 3600,
        usd_per_thousand=price.usd_per_thousand(outcome.container_s, len(outcome.calls)),
    )
